import { Button, Group, Modal, NumberInput, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ProblemError, type Monitor, type ScheduleInput } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { api } from '../../lib/api.ts';
import { messageAt } from '../../lib/field-errors.ts';
import { fieldErrors } from '../../lib/problem.ts';
import { PingLine } from './ping-line.tsx';

const units = { minutes: 60, hours: 3600, days: 86_400 } as const;
type Unit = keyof typeof units;

/** The words of a schedule as the server understands them; null while there are none. */
function useParsed(text: string) {
  return useQuery({
    queryKey: ['monitor-words', text],
    queryFn: () => api.parseSchedule({ body: { text } }),
    enabled: text.trim() !== '',
    placeholderData: (before) => before,
    retry: false,
  });
}

/** Adds a monitor, and shows the line that reports to it. */
export function MonitorDialog({ onClose }: { readonly onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [by, setBy] = useState<'schedule' | 'period'>('schedule');
  const [words, setWords] = useState('0 2 * * *');
  const [count, setCount] = useState(1);
  const [unit, setUnit] = useState<Unit>('hours');
  const [grace, setGrace] = useState(5);
  const [made, setMade] = useState<Monitor | null>(null);
  const parsed = useParsed(words);
  const schedule = parsed.data?.schedule ?? null;
  const save = useMutation({
    mutationFn: async () => {
      const expects =
        by === 'period' ? { period_seconds: count * units[unit] } : { schedule: (schedule ?? {}) as ScheduleInput };
      return api.createMonitor({ body: { name, grace_seconds: grace * 60, ...expects } });
    },
    onSuccess: (monitor) => {
      setMade(monitor);
      void client.invalidateQueries({ queryKey: ['monitors'] });
    },
  });
  const errors = save.error instanceof ProblemError ? fieldErrors(save.error.problem) : {};
  const isElsewhere = save.isError && Object.keys(errors).length === 0;
  const understood = parsed.isError ? null : (parsed.data?.question ?? parsed.data?.description ?? null);
  const wrong = parsed.error instanceof ProblemError ? Object.values(fieldErrors(parsed.error.problem))[0] : undefined;
  if (made !== null)
    return (
      <Modal opened onClose={onClose} title={`${made.name} was added`} size="lg">
        <Stack>
          <PingLine monitor={made} />
          <Group justify="flex-end">
            <Button onClick={onClose}>Done</Button>
          </Group>
        </Stack>
      </Modal>
    );
  const isReady = name.trim() !== '' && (by === 'period' || (schedule !== null && !parsed.isError));
  return (
    <Modal opened onClose={onClose} title="Add a monitor" size="lg">
      <form
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack>
          {isElsewhere ? <ErrorPanel error={save.error} /> : null}
          <TextInput
            label="Name"
            required
            data-autofocus
            value={name}
            error={messageAt(errors, 'name')}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <SegmentedControl
            aria-label="What is expected"
            value={by}
            onChange={(value) => setBy(value === 'period' ? 'period' : 'schedule')}
            data={[
              { value: 'schedule', label: 'By a schedule' },
              { value: 'period', label: 'Again and again' },
            ]}
          />
          {by === 'schedule' ? (
            <TextInput
              label="Schedule"
              description={understood ?? 'A crontab expression, or words such as every day at 2:00.'}
              value={words}
              error={messageAt(errors, 'schedule') ?? wrong}
              onChange={(event) => setWords(event.currentTarget.value)}
            />
          ) : (
            <Group align="flex-end" gap="xs">
              <NumberInput
                label="At least every"
                min={1}
                value={count}
                error={messageAt(errors, 'period_seconds')}
                onChange={(value) => setCount(Number(value) || 1)}
                w={130}
              />
              <Select
                aria-label="Unit"
                data={Object.keys(units)}
                value={unit}
                allowDeselect={false}
                onChange={(value) => setUnit((value ?? 'hours') as Unit)}
                w={130}
              />
            </Group>
          )}
          <NumberInput
            label="Grace in minutes"
            description="How long a ping may be late before the monitor is down."
            min={1}
            value={grace}
            error={messageAt(errors, 'grace_seconds')}
            onChange={(value) => setGrace(Number(value) || 1)}
            w={200}
          />
          <Group justify="space-between">
            <Text size="xs" c="dimmed">
              The line for the crontab is shown in the next step.
            </Text>
            <Group gap="xs">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={save.isPending} disabled={!isReady}>
                Add monitor
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
