import { Card, Group, Table, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Run } from 'job-trigger-contract';
import { Duration, Elapsed } from '../../components/duration.tsx';
import { Reason } from '../../components/reason.tsx';
import { SelectAll, SelectBox } from '../../components/select-box.tsx';
import type { Selection } from '../../components/use-selection.ts';
import { RunBadge } from '../../components/state-badge.tsx';
import { When } from '../../components/when.tsx';
import { isLive } from '../../lib/states.ts';
import { AgainButton } from './again-button.tsx';
import { CancelButton } from './cancel-button.tsx';
import { RunJob } from './run-job.tsx';
import './runs.css';
import { shortId, triggerWords } from './run-words.ts';

function RunTime({ run }: { readonly run: Run }) {
  if (run.started_at !== null && isLive(run.state)) return <Elapsed since={run.started_at} />;
  return <Duration seconds={run.duration_seconds} />;
}

/** Why it waits or how it ended, else what failed and the last thing that was said about it. */
function Word({ run }: { readonly run: Run }) {
  if (run.reason_text !== null || run.reason !== null)
    return (
      <Text size="sm" component="span" lineClamp={3} className="jtp-anywhere">
        <Reason text={run.reason_text} code={run.reason} />
      </Text>
    );
  if (run.failure === null) return null;
  const { message, detail } = run.failure;
  const said = detail?.trimEnd().split('\n').at(-1)?.trim() ?? '';
  return (
    <Text size="sm" c="dimmed" component="span" lineClamp={2} className="jtp-anywhere">
      {said === '' ? message : `${message}: ${said}`}
    </Text>
  );
}

const lateFromMs = 60_000;

/** When it started; when it was due beside it only where that was another time. */
function Started({ run }: { readonly run: Run }) {
  const { due_at: due, started_at: started } = run;
  const late = due !== null && started !== null && Date.parse(started) - Date.parse(due) >= lateFromMs;
  if (started !== null && !late) return <When at={started} />;
  return (
    <>
      <When at={started} none="Not yet" />
      <Text size="xs" c="dimmed">
        due <When at={due} none="on demand" />
      </Text>
    </>
  );
}

function RunLink({ run }: { readonly run: Run }) {
  return (
    <Link
      to="/runs/$id"
      params={{ id: run.id }}
      className="jtp-link jtp-figures"
      aria-label={`Run ${shortId(run.id)} of ${run.job_name}`}
    >
      {shortId(run.id)}
    </Link>
  );
}
const columns = ['State', 'Job', 'Run', 'Trigger', 'Started', 'Ran for', 'Worker', 'Reason', 'Actions'] as const;

/** Runs as a table, and as cards on a phone. */
export function RunList({ runs, selection }: { readonly runs: readonly Run[]; readonly selection?: Selection }) {
  const box = (run: Run) =>
    selection === undefined ? null : (
      <SelectBox selection={selection} id={run.id} name={`run ${shortId(run.id)} of ${run.job_name}`} />
    );
  return (
    <>
      <Table.ScrollContainer minWidth={980} className="jtp-table">
        <Table verticalSpacing="xs" highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              {selection === undefined ? null : (
                <Table.Th scope="col" w={36}>
                  <SelectAll selection={selection} />
                </Table.Th>
              )}
              {columns.map((column) => (
                <Table.Th key={column} scope="col">
                  {column}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {runs.map((run) => (
              <Table.Tr key={run.id} data-selected={selection?.ids.has(run.id) === true}>
                {selection === undefined ? null : <Table.Td>{box(run)}</Table.Td>}
                <Table.Td>
                  <RunBadge run={run} />
                </Table.Td>
                <Table.Td className="jtp-job-name">
                  <RunJob run={run} />
                </Table.Td>
                <Table.Td>
                  <RunLink run={run} />
                </Table.Td>
                <Table.Td>{triggerWords[run.trigger]}</Table.Td>
                <Table.Td>
                  <Started run={run} />
                </Table.Td>
                <Table.Td className="jtp-run-time">
                  <RunTime run={run} />
                </Table.Td>
                <Table.Td>{run.worker_name ?? '—'}</Table.Td>
                <Table.Td maw={280}>
                  <Word run={run} />
                </Table.Td>
                <Table.Td>
                  <CancelButton run={run} />
                  <AgainButton run={run} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <div className="jtp-cards">
        {runs.map((run) => (
          <Card key={run.id} withBorder padding="sm" radius="md">
            <Group justify="space-between" gap="xs">
              {box(run)}
              <RunBadge run={run} />
              <RunLink run={run} />
            </Group>
            <RunJob run={run} />
            <Text size="sm">
              {triggerWords[run.trigger]} · <When at={run.started_at ?? run.due_at ?? run.created_at} /> ·{' '}
              <RunTime run={run} />
            </Text>
            <Word run={run} />
            <Group mt="xs">
              <CancelButton run={run} />
              <AgainButton run={run} />
            </Group>
          </Card>
        ))}
      </div>
    </>
  );
}
