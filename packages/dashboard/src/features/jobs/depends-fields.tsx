import { MultiSelect, NativeSelect, NumberInput, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Job } from 'job-trigger-contract';
import { api } from '../../lib/api.ts';
import { fieldAt, type Errors } from '../../lib/field-errors.ts';
import type { FieldsProps } from './fields.ts';
import { PassFields } from './pass-fields.tsx';

type DependsOn = NonNullable<Job['depends_on']>;

const modes = [
  { value: 'all_success', label: 'all have succeeded' },
  { value: 'any_success', label: 'the first has succeeded' },
  { value: 'all_complete', label: 'all have ended' },
] as const;

const nothing: DependsOn = { mode: 'all_success', jobs: [], window_seconds: null, pass: [] };

/** A job of the list that is refused is told at the list. */
function atJobs(errors: Errors): Errors {
  const at = Object.entries(errors).find(([path]) => path.startsWith('depends_on.jobs'));
  return at === undefined ? errors : { ...errors, 'depends_on.jobs': at[1] };
}

/** The jobs it waits for, and when they satisfy it. */
export function DependsFields({ draft, set, errors, job }: FieldsProps & { readonly job: Job | null }) {
  const jobs = useQuery({
    queryKey: ['jobs', 'to-wait-for'],
    queryFn: () => api.listJobs({ query: { limit: 500, sort: 'name' } }),
  });
  const value = draft.dependsOn ?? nothing;
  const change = (part: Partial<DependsOn>): void => {
    const next = { ...value, ...part };
    const pass = next.pass.filter(({ job_id: id }) => next.jobs.includes(id));
    set({ dependsOn: next.jobs.length === 0 ? null : { ...next, pass } });
  };
  const choices = (jobs.data?.items ?? [])
    .filter(({ id }) => id !== job?.id)
    .map(({ id, name }) => ({ value: id, label: name }));
  const hidden = value.jobs.filter((id) => !choices.some((choice) => choice.value === id));
  const all = [...choices, ...hidden.map((id) => ({ value: id, label: id }))];
  return (
    <Stack gap="sm">
      <MultiSelect
        label="Jobs"
        description="It starts by itself after these"
        placeholder={value.jobs.length === 0 ? 'None: it waits for no other job' : undefined}
        data={all}
        searchable
        clearable
        limit={100}
        value={[...value.jobs]}
        onChange={(chosen) => change({ jobs: chosen })}
        {...fieldAt(atJobs(errors), 'depends_on.jobs')}
      />
      {value.jobs.length === 0 ? null : (
        <>
          <NativeSelect
            label="Starts when"
            data={[...modes]}
            value={value.mode}
            onChange={(event) => change({ mode: event.currentTarget.value as DependsOn['mode'] })}
            {...fieldAt(errors, 'depends_on.mode')}
          />
          <NumberInput
            label="Look back at most (seconds)"
            description="For runs that do not belong to the same chain; a day when empty"
            min={1}
            max={31_622_400}
            allowDecimal={false}
            value={value.window_seconds ?? ''}
            onChange={(seconds) => change({ window_seconds: typeof seconds === 'number' ? seconds : null })}
            {...fieldAt(errors, 'depends_on.window_seconds')}
          />
          <PassFields
            pass={value.pass}
            parameters={draft.parameters.flatMap(({ name }) => (typeof name === 'string' && name !== '' ? [name] : []))}
            jobs={all.filter((choice) => value.jobs.includes(choice.value))}
            errors={errors}
            change={(pass) => change({ pass })}
          />
          {draft.schedules.length === 0 ? null : (
            <Text size="sm" c="dimmed">
              It has schedules of its own: those start it, and an instant is skipped until the jobs above have ended so.
            </Text>
          )}
        </>
      )}
    </Stack>
  );
}
