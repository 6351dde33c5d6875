import { Group, NativeSelect, NumberInput, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { fieldAt } from '../../lib/field-errors.ts';
import type { FieldsProps } from './fields.ts';
import type { JobDraft } from './job-draft.ts';
import { BreakerFields } from './breaker-fields.tsx';
import { RetryDrawing } from './retry-drawing.tsx';

const overlaps = [
  { value: 'skip', label: 'Skip the new one' },
  { value: 'queue_one', label: 'Keep one waiting' },
  { value: 'queue_all', label: 'Keep all waiting' },
  { value: 'replace', label: 'Stop the old one' },
  { value: 'allow', label: 'Run side by side' },
];
const catchUps = [
  { value: 'last', label: 'Run the last one' },
  { value: 'none', label: 'Run none' },
  { value: 'first', label: 'Run the first one' },
  { value: 'all', label: 'Run all, up to a number' },
  { value: 'manual', label: 'Ask a person' },
];
const lost = [
  { value: 'fail', label: 'Count it as lost; start nothing' },
  { value: 'rerun', label: 'Run it again; it may run twice' },
];

/** If it fails: attempts and delays, and what an unknown outcome means. */
export function FailureFields({ draft, set, errors }: FieldsProps) {
  const { retry } = draft;
  const value = (name: string): number | string => {
    const found = retry?.[name];
    return typeof found === 'number' || typeof found === 'string' ? found : '';
  };
  const change = (name: string, next: unknown): void => set({ retry: { ...retry, [name]: next } });
  return (
    <Stack>
      <Switch
        label="Try again after a failure"
        checked={retry !== null}
        onChange={(event) =>
          set({
            retry: event.currentTarget.checked ? { max_attempts: 3, strategy: 'fixed', delay_seconds: 300 } : null,
          })
        }
      />
      {retry === null ? null : (
        <>
          <Group align="flex-start">
            <NumberInput
              label="Attempts in all"
              min={1}
              max={100}
              value={value('max_attempts')}
              onChange={(next) => change('max_attempts', Number(next))}
              {...fieldAt(errors, 'retry.max_attempts')}
            />
            <NativeSelect
              label="Delay"
              data={[
                { value: 'fixed', label: 'Always the same' },
                { value: 'exponential', label: 'Doubling' },
                ...(value('strategy') === 'custom' ? [{ value: 'custom', label: 'As listed' }] : []),
              ]}
              value={value('strategy')}
              onChange={(event) => change('strategy', event.currentTarget.value)}
            />
            <NumberInput
              label="Delay (seconds)"
              min={0}
              value={value('delay_seconds')}
              onChange={(next) => change('delay_seconds', Number(next))}
              {...fieldAt(errors, 'retry.delay_seconds')}
            />
            {value('strategy') === 'exponential' ? (
              <NumberInput
                label="At most (seconds)"
                min={0}
                placeholder="3600"
                value={value('max_delay_seconds')}
                onChange={(next) => change('max_delay_seconds', next === '' ? undefined : Number(next))}
                {...fieldAt(errors, 'retry.max_delay_seconds')}
              />
            ) : null}
          </Group>
          <RetryDrawing retry={retry} />
        </>
      )}
      <NativeSelect
        label="If the outcome is unknown"
        description="A worker died while it ran"
        data={lost}
        value={draft.onLost}
        onChange={(event) => set({ onLost: event.currentTarget.value as JobDraft['onLost'] })}
      />
      <BreakerFields draft={draft} set={set} errors={errors} />
    </Stack>
  );
}

/** Where and how it may run. */
export function RulesFields({ draft, set, errors }: FieldsProps) {
  return (
    <Stack>
      <Group align="flex-end">
        <NativeSelect
          label="If the run before is still active"
          data={overlaps}
          value={draft.overlap}
          onChange={(event) => set({ overlap: event.currentTarget.value as JobDraft['overlap'] })}
          {...fieldAt(errors, 'overlap')}
        />
        {draft.overlap === 'allow' ? (
          <NumberInput
            label="At most at once"
            description="No limit when empty"
            min={1}
            value={draft.maxConcurrent}
            onChange={(value) => set({ maxConcurrent: value === '' ? '' : Number(value) })}
            {...fieldAt(errors, 'max_concurrent')}
          />
        ) : null}
      </Group>
      <Group align="flex-start">
        <NativeSelect
          label="After a time without scheduler"
          data={catchUps}
          value={draft.catchUp.policy}
          onChange={(event) =>
            set({ catchUp: { ...draft.catchUp, policy: event.currentTarget.value as JobDraft['catchUp']['policy'] } })
          }
        />
        <NumberInput
          label="Looking back at most (seconds)"
          min={0}
          value={draft.catchUp.window_seconds}
          onChange={(value) => set({ catchUp: { ...draft.catchUp, window_seconds: Number(value) } })}
          {...fieldAt(errors, 'catch_up.window_seconds')}
        />
        {draft.catchUp.policy === 'all' ? (
          <NumberInput
            label="At most"
            min={1}
            value={draft.catchUp.max}
            onChange={(value) => set({ catchUp: { ...draft.catchUp, max: Number(value) } })}
            {...fieldAt(errors, 'catch_up.max')}
          />
        ) : null}
      </Group>
      <Group align="flex-end">
        <NativeSelect
          label="Priority"
          description="Waiting raises it by a level every five minutes"
          data={['critical', 'high', 'medium', 'low']}
          value={draft.priority}
          onChange={(event) => set({ priority: event.currentTarget.value as JobDraft['priority'] })}
        />
        <TextInput
          label="Queue"
          value={draft.queue}
          onChange={(event) => set({ queue: event.currentTarget.value })}
          {...fieldAt(errors, 'queue')}
        />
      </Group>
      <TagsInput
        label="Worker labels"
        description="Only workers that have all of them"
        value={[...draft.workerLabels]}
        onChange={(workerLabels) => set({ workerLabels })}
        {...fieldAt(errors, 'worker_labels')}
      />
      <TagsInput
        label="Locks"
        description="Names shared with other jobs: while one of them runs, the others wait. The Queue page gives a lock a count"
        value={[...draft.locks]}
        onChange={(locks) => set({ locks })}
        {...fieldAt(errors, 'locks')}
      />
      <NumberInput
        label="Tell when it has not started after (seconds)"
        description="When empty, a tenth of its schedule’s period, from 1 to 15 minutes; 0 is never"
        min={0}
        value={draft.lateAlertSeconds}
        onChange={(value) => set({ lateAlertSeconds: value === '' ? '' : Number(value) })}
        {...fieldAt(errors, 'late_alert_seconds')}
      />
    </Stack>
  );
}
