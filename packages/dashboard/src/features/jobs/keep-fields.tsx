import { Group, NumberInput, Stack, TextInput } from '@mantine/core';
import { fieldAt } from '../../lib/field-errors.ts';
import type { FieldsProps } from './fields.ts';
import type { JobDraft } from './job-draft.ts';

type Policy = NonNullable<JobDraft['artifacts']>;
const nothing: Policy = { keep: null, days: null, max_files: null, max_bytes: null };

/** Null again when nothing of it is said. */
function changed(policy: Policy | null, change: Partial<Policy>): Policy | null {
  const next = { ...nothing, ...policy, ...change };
  return Object.values(next).every((value) => value === null) ? null : next;
}

const numberOrNull = (value: string | number): number | null => (value === '' ? null : Number(value));

/** Scripts around the main one, and what becomes of the files it leaves. */
export function KeepFields({ draft, set, errors }: FieldsProps) {
  const { artifacts } = draft;
  if (draft.type === 'http') return null;
  return (
    <Stack gap="sm">
      {draft.type === 'function' ? null : (
        <Group align="flex-start" grow preventGrowOverflow={false}>
          <TextInput
            label="Script before"
            description="In the scripts folder; if it fails, the job is not started"
            value={draft.hookBefore}
            onChange={(event) => set({ hookBefore: event.currentTarget.value })}
            {...fieldAt(errors, 'hooks.before')}
          />
          <TextInput
            label="Script after"
            description="Always run, and told how the job ended"
            value={draft.hookAfter}
            onChange={(event) => set({ hookAfter: event.currentTarget.value })}
            {...fieldAt(errors, 'hooks.after')}
          />
        </Group>
      )}
      <Group align="flex-start" grow preventGrowOverflow={false}>
        <NumberInput
          label="Versions of an artifact to keep"
          description="Of each name; the settings decide when empty"
          min={1}
          value={artifacts?.keep ?? ''}
          onChange={(value) => set({ artifacts: changed(artifacts, { keep: numberOrNull(value) }) })}
          {...fieldAt(errors, 'artifacts.keep')}
        />
        <NumberInput
          label="Days to keep artifacts"
          description="At most as long as the run"
          min={1}
          value={artifacts?.days ?? ''}
          onChange={(value) => set({ artifacts: changed(artifacts, { days: numberOrNull(value) }) })}
          {...fieldAt(errors, 'artifacts.days')}
        />
      </Group>
    </Stack>
  );
}
