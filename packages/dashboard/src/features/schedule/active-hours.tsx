import { Group, Input, Switch, TextInput } from '@mantine/core';
import { fieldAt, type Errors } from '../../lib/field-errors.ts';
import { withField, type ScheduleDraft } from './schedule-draft.ts';

interface Window {
  readonly from: string;
  readonly to: string;
  readonly weekdays?: readonly number[];
}

/** Hours within which the schedule counts; off clears them. Further windows, if there are any, stay. */
export function ActiveHours({
  draft,
  path,
  errors,
  change,
}: {
  readonly draft: ScheduleDraft;
  readonly path: string;
  readonly errors: Errors;
  readonly change: (draft: ScheduleDraft) => void;
}) {
  const windows = (draft['active_hours'] as readonly Window[] | null | undefined) ?? [];
  const first = windows[0];
  const set = (next: Window): void => change(withField(draft, 'active_hours', [next, ...windows.slice(1)]));
  const { id, error } = fieldAt(errors, `${path}.active_hours`);
  return (
    <Group align="center" gap="sm" mih={36} id={id} tabIndex={-1} data-wrong={error !== undefined}>
      <Switch
        label="Only within active hours"
        checked={first !== undefined}
        onChange={(event) =>
          change(
            withField(draft, 'active_hours', event.currentTarget.checked ? [{ from: '06:00', to: '22:00' }] : null),
          )
        }
      />
      {first === undefined ? null : (
        <>
          <TextInput
            aria-label="Active from"
            placeholder="06:00"
            w={80}
            value={first.from}
            onChange={(event) => set({ ...first, from: event.currentTarget.value })}
          />
          <span>to</span>
          <TextInput
            aria-label="Active to"
            placeholder="22:00"
            w={80}
            value={first.to}
            onChange={(event) => set({ ...first, to: event.currentTarget.value })}
          />
          <span className="jtp-zone">{typeof draft['timezone'] === 'string' ? draft['timezone'] : ''}</span>
        </>
      )}
      {error === undefined ? null : <Input.Error size="sm">{error}</Input.Error>}
    </Group>
  );
}
