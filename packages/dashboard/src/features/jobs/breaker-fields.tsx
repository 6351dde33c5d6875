import { Group, NativeSelect, NumberInput, Switch, Text } from '@mantine/core';
import type { Job } from 'job-trigger-contract';
import { fieldAt } from '../../lib/field-errors.ts';
import type { FieldsProps } from './fields.ts';

type Breaker = NonNullable<Job['breaker']>;

/** What a new job has where the settings say nothing else. */
const usual: Breaker = { consecutive: 5, recent: null, period_days: 7, policy: 'manual' };
const policies = [
  { value: 'manual', label: 'Wait for a person' },
  { value: 'probe', label: 'Try it with one run' },
];

/** When failures stop the job, and what happens once it has cooled off. */
export function BreakerFields({ draft, set, errors }: FieldsProps) {
  const { breaker } = draft;
  const change = (part: Partial<Breaker>): void => set({ breaker: { ...(breaker ?? usual), ...part } });
  const count = (next: string | number): number | null => (next === '' ? null : Number(next));
  return (
    <>
      <Switch
        label="Stop it when it keeps failing"
        description="Its schedules start nothing until somebody resets it, or a trial run succeeds"
        checked={breaker !== null}
        onChange={(event) => set({ breaker: event.currentTarget.checked ? usual : null })}
        {...fieldAt(errors, 'breaker')}
      />
      {breaker === null ? null : breaker === undefined ? (
        <Text size="sm" c="dimmed">
          As the settings of its type say: usually after 5 failures in a row.
        </Text>
      ) : (
        <Group align="flex-start">
          <NumberInput
            label="Failures in a row"
            placeholder="not counted"
            min={1}
            max={100}
            value={breaker.consecutive ?? ''}
            onChange={(next) => change({ consecutive: count(next) })}
            {...fieldAt(errors, 'breaker.consecutive')}
          />
          <NumberInput
            label="Or failures in all"
            placeholder="not counted"
            min={1}
            max={100}
            value={breaker.recent ?? ''}
            onChange={(next) => change({ recent: count(next) })}
            {...fieldAt(errors, 'breaker.recent')}
          />
          <NumberInput
            label="Within (days)"
            min={1}
            max={90}
            value={breaker.period_days}
            onChange={(next) => change({ period_days: Number(next) })}
            {...fieldAt(errors, 'breaker.period_days')}
          />
          <NativeSelect
            label="Once it has cooled off"
            data={policies}
            value={breaker.policy}
            onChange={(event) => change({ policy: event.currentTarget.value as Breaker['policy'] })}
            {...fieldAt(errors, 'breaker.policy')}
          />
        </Group>
      )}
    </>
  );
}
