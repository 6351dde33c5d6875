import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { QueueShape } from 'job-trigger-contract';
import { useState } from 'react';
import { Rows } from '../../components/rows.tsx';
import { WorkerBadge } from '../../components/state-badge.tsx';
import { When } from '../../components/when.tsx';
import { useMay } from '../runs/use-may.ts';
import { CountButton } from './count-button.tsx';
import { useLimitActs } from './use-limit-acts.ts';

/** Who paused it, since when and why; nothing while it is open. */
function Paused({ queue }: { readonly queue: QueueShape }) {
  if (queue.paused_at === null) return 'Open';
  return (
    <>
      <WorkerBadge state="paused" />
      <Text size="sm" className="jtp-anywhere">
        <When at={queue.paused_at} /> by {queue.paused_by}
        {queue.note === null ? null : `, “${queue.note}”`}
      </Text>
    </>
  );
}

function PauseButton({ queue }: { readonly queue: QueueShape }) {
  const refusal = useMay('operator');
  const [opened, { open, close }] = useDisclosure(false);
  const [note, setNote] = useState('');
  const { queue: act } = useLimitActs();
  const { name } = queue;
  const isPaused = queue.paused_at !== null;
  const pause = { name, body: { paused: true, ...(note === '' ? {} : { note }) } };
  return (
    <>
      <Button
        size="xs"
        variant="default"
        disabled={refusal !== null}
        title={refusal ?? undefined}
        loading={act.isPending && !opened}
        aria-label={`${isPaused ? 'Resume' : 'Pause'} the queue ${name}`}
        onClick={isPaused ? () => act.mutate({ name, body: { paused: false } }) : open}
      >
        {isPaused ? 'Resume' : 'Pause'}
      </Button>
      <Modal opened={opened} onClose={close} title={`Pause the queue ${name}?`}>
        <Stack>
          <Text size="sm">
            Nothing of it starts until it is resumed: its runs wait, and schedules go on making new ones. What runs now
            goes on.
          </Text>
          <TextInput
            label="Why (shown with the queue)"
            value={note}
            maxLength={500}
            onChange={(event) => setNote(event.currentTarget.value)}
            data-autofocus
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Leave it open
            </Button>
            <Button loading={act.isPending} onClick={() => act.mutate(pause, { onSuccess: close })}>
              Pause queue
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}

/** Queues: limit, pause, and what waits and runs in each. */
export function QueueList({ items }: { readonly items: readonly QueueShape[] }) {
  const { queue: act } = useLimitActs();
  return (
    <Rows
      label="Queues"
      items={items}
      keyOf={({ name }) => name}
      columns={[
        { title: 'Queue', cell: ({ name }) => <span className="jtp-cell-name">{name}</span> },
        { title: 'State', cell: (queue) => <Paused queue={queue} /> },
        { title: 'Running', cell: ({ running, limit }) => (limit === null ? running : `${running} of ${limit}`) },
        { title: 'Waiting', cell: ({ waiting }) => waiting },
        { title: 'Workers', cell: ({ workers }) => (workers === 0 ? 'none serves it' : workers) },
        {
          title: 'Acts',
          cell: (queue) => (
            <Group gap="xs" wrap="nowrap">
              <PauseButton queue={queue} />
              <CountButton
                of={`the queue ${queue.name}`}
                text="So many of its runs live at once; the others wait. What runs now goes on."
                value={queue.limit}
                least="operator"
                busy={act.isPending}
                onSave={(limit, close) => act.mutate({ name: queue.name, body: { limit } }, { onSuccess: close })}
              />
            </Group>
          ),
        },
      ]}
    />
  );
}
