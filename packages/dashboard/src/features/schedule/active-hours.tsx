import { Group, Switch, TextInput } from '@mantine/core';
import { withField, type ScheduleDraft } from './schedule-draft.ts';

interface Window {
  readonly from: string;
  readonly to: string;
  readonly weekdays?: readonly number[];
}

/** Hours within which the schedule counts; off clears them. Further windows, if there are any, stay. */
export function ActiveHours({
  draft,
  change,
}: {
  readonly draft: ScheduleDraft;
  readonly change: (draft: ScheduleDraft) => void;
}) {
  const windows = (draft['active_hours'] as readonly Window[] | null | undefined) ?? [];
  const first = windows[0];
  const set = (next: Window): void => change(withField(draft, 'active_hours', [next, ...windows.slice(1)]));
  return (
    <Group align="flex-end">
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
            label="From"
            w={90}
            value={first.from}
            onChange={(event) => set({ ...first, from: event.currentTarget.value })}
          />
          <TextInput
            label="To"
            w={90}
            value={first.to}
            onChange={(event) => set({ ...first, to: event.currentTarget.value })}
          />
        </>
      )}
    </Group>
  );
}
