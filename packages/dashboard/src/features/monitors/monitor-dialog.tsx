import { Button, Group, Modal, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ProblemError, type Monitor, type MonitorInput, type ScheduleInput } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { sayUndoable } from '../../components/say-undoable.tsx';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { messageAt } from '../../lib/field-errors.ts';
import { fieldErrors } from '../../lib/problem.ts';
import { ExpectsFields, expectsOf, newExpects, useExpected } from './expects-fields.tsx';
import { PingLine } from './ping-line.tsx';

interface MonitorFormProps {
  /** To be changed; null for a new one. */
  readonly monitor: Monitor | null;
  readonly onClose: () => void;
  readonly tell: (made: Monitor) => void;
}

function MonitorForm({ monitor, onClose, tell }: MonitorFormProps) {
  const client = useQueryClient();
  const [name, setName] = useState(monitor?.name ?? '');
  const [expects, setExpects] = useState(() => (monitor === null ? newExpects : expectsOf(monitor)));
  const [grace, setGrace] = useState(() => (monitor?.grace_seconds ?? 300) / 60);
  const expected = useExpected(expects);
  const save = useMutation({
    mutationFn: () => {
      const body = { name, grace_seconds: Math.round(grace * 60), ...expected };
      return monitor === null ? api.createMonitor({ body }) : api.patchMonitor({ params: { id: monitor.id }, body });
    },
    onSuccess: (saved) => {
      tell(saved);
      void client.invalidateQueries({ queryKey: ['monitors'] });
    },
  });
  const errors = save.error instanceof ProblemError ? fieldErrors(save.error.problem) : {};
  const isElsewhere = save.isError && Object.keys(errors).length === 0;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form noValidate onSubmit={submit}>
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
        <ExpectsFields
          draft={expects}
          errors={errors}
          set={(changes) => setExpects((before) => ({ ...before, ...changes }))}
        />
        <NumberInput
          label="Grace in minutes"
          description="How long a ping may be late before the monitor is down."
          min={0.5}
          value={grace}
          error={messageAt(errors, 'grace_seconds')}
          onChange={(value) => setGrace(Number(value) || 1)}
        />
        <Group justify="space-between">
          <Text size="xs" c="dimmed">
            {monitor === null ? 'The line for the crontab is shown in the next step.' : 'Its address stays the same.'}
          </Text>
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending} disabled={name.trim() === '' || expected === null}>
              {monitor === null ? 'Add monitor' : 'Save'}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

/** Adds a monitor, and shows the line that reports to it. */
export function MonitorDialog({ onClose }: { readonly onClose: () => void }) {
  const [made, setMade] = useState<Monitor | null>(null);
  return (
    <Modal opened onClose={onClose} title={made === null ? 'Add a monitor' : `${made.name} was added`} size="lg">
      {made === null ? (
        <MonitorForm monitor={null} onClose={onClose} tell={setMade} />
      ) : (
        <Stack>
          <PingLine monitor={made} />
          <Group justify="flex-end">
            <Button onClick={onClose}>Done</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

/** The change that takes every other change back. */
function asItWas({ name, grace_seconds, period_seconds, schedule }: Monitor): Partial<MonitorInput> {
  const expected = period_seconds === null ? { schedule: schedule as ScheduleInput } : { period_seconds };
  return { name, grace_seconds, ...expected };
}

/** Changes a monitor: its name, what it expects, its grace. */
export function EditMonitorDialog({ monitor, onClose }: { readonly monitor: Monitor; readonly onClose: () => void }) {
  const client = useQueryClient();
  const undo = useMutation({
    mutationFn: () => api.patchMonitor({ params: { id: monitor.id }, body: asItWas(monitor) }),
    onSuccess: ({ name, expects }) => {
      sayDone(`${name} is as before: ${expects}.`);
      void client.invalidateQueries({ queryKey: ['monitors'] });
    },
    onError: sayFailed,
  });
  return (
    <Modal opened onClose={onClose} title={`Edit ${monitor.name}`} size="lg">
      <MonitorForm
        monitor={monitor}
        onClose={onClose}
        tell={({ name, expects }) => {
          sayUndoable(`Saved ${name}: ${expects}.`, () => undo.mutate());
          onClose();
        }}
      />
    </Modal>
  );
}
