import { Button, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Queue } from 'job-trigger-contract';
import { Reason } from '../../components/reason.tsx';
import { Rows } from '../../components/rows.tsx';
import { When } from '../../components/when.tsx';
import { CancelButton } from '../runs/cancel-button.tsx';
import { useMay } from '../runs/use-may.ts';
import { useLimitActs } from './use-limit-acts.ts';

type Item = Queue['items'][number];

function FrontButton({ item: { run, queue_position } }: { readonly item: Item }) {
  const refusal = useMay('operator');
  const { front } = useLimitActs();
  // One whose instant is ahead has no place yet, and the first has the best there is.
  if (queue_position === null || queue_position === 1) return null;
  return (
    <Button
      size="xs"
      variant="default"
      disabled={refusal !== null}
      title={refusal ?? 'Before all others of its queue'}
      loading={front.isPending}
      aria-label={`Move this run of ${run.job_name} to the front`}
      onClick={() => front.mutate(run.id)}
    >
      To the front
    </Button>
  );
}

/** Runs that wait, each with its place, why, and when it may start. */
export function WaitingList({ items }: { readonly items: readonly Item[] }) {
  return (
    <Rows
      label="Waiting runs"
      items={items}
      keyOf={({ run }) => run.id}
      columns={[
        {
          title: 'Job',
          cell: ({ run }) => (
            <Link to="/runs/$id" params={{ id: run.id }} className="jtp-link jtp-cell-name">
              {run.job_name}
            </Link>
          ),
        },
        {
          title: 'Place',
          cell: ({ queue_position, run }) => (
            <span className="jtp-whole-words">
              {queue_position === null ? `in ${run.queue}` : `${queue_position} in ${run.queue}`}
            </span>
          ),
        },
        { title: 'Why it waits', cell: ({ run }) => <Reason code={run.reason} text={run.reason_text} /> },
        {
          title: 'Expected start',
          cell: ({ expected_start_at, run }) =>
            expected_start_at === null ? (
              run.available_at !== null && Date.parse(run.available_at) > Date.now() ? (
                <When at={run.available_at} precision="second" planned />
              ) : (
                <Text size="sm" c="dimmed" component="span">
                  unknown
                </Text>
              )
            ) : (
              <When at={expected_start_at} precision="second" planned />
            ),
        },
        { title: 'Waiting since', cell: ({ run }) => <When at={run.created_at} precision="second" /> },
        { title: 'Priority', cell: ({ run }) => run.priority },
        {
          title: 'Acts',
          cell: (item) => (
            <Group gap="xs" wrap="nowrap">
              <FrontButton item={item} />
              <CancelButton run={item.run} />
            </Group>
          ),
        },
      ]}
    />
  );
}
