import { Anchor, Stack, Table, Text } from '@mantine/core';
import type { RunDetail } from 'job-trigger-contract';
import { Duration } from '../../components/duration.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { When } from '../../components/when.tsx';
import { Told } from '../../components/told.tsx';
import { exitWords } from './run-words.ts';
import { TreeWords } from './tree-words.tsx';

interface AttemptListProps {
  readonly run: RunDetail;
  readonly zone: string | undefined;
  readonly onOpen: (attempt: number) => void;
}

/** Measured where the platform tells. */
function usedText(value: number | null, unit: string): string {
  return value === null ? '—' : `${value.toLocaleString('en')} ${unit}`;
}

/** Every ended attempt, each with its own end and its own log. */
export function AttemptList({ run, zone, onOpen }: AttemptListProps) {
  if (run.attempts.length === 0)
    return (
      <EmptyState
        title="No attempt has ended yet"
        text="Each attempt stands here with how it ended, its worker and its log."
      />
    );
  return (
    <Stack gap="xs">
      {run.attempts.length < 2 ? null : (
        <Text size="sm" c="dimmed">
          {run.attempts.length} attempts have ended.
        </Text>
      )}
      <Table.ScrollContainer minWidth={640}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              {['Attempt', 'Outcome', 'Started', 'Ran for', 'End', 'Why', 'Memory', 'CPU', 'Processes', 'Log'].map(
                (column) => (
                  <Table.Th key={column} scope="col">
                    {column}
                  </Table.Th>
                ),
              )}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {run.attempts.map((attempt) => (
              <Table.Tr key={attempt.attempt}>
                <Table.Td>{attempt.attempt}</Table.Td>
                <Table.Td>
                  <StateBadge state={attempt.outcome} />
                </Table.Td>
                <Table.Td>
                  <When at={attempt.started_at} zone={zone} precision="second" />
                </Table.Td>
                <Table.Td>
                  <Duration seconds={attempt.duration_seconds} />
                </Table.Td>
                <Table.Td>{exitWords(attempt) ?? '—'}</Table.Td>
                <Table.Td>
                  <Told text={attempt.failure?.message ?? attempt.reason_text ?? '—'} />
                </Table.Td>
                <Table.Td>{usedText(attempt.memory_peak_mb, 'MB')}</Table.Td>
                <Table.Td>{usedText(attempt.cpu_seconds, 's')}</Table.Td>
                <Table.Td>
                  <TreeWords tree={attempt.processes} />
                </Table.Td>
                <Table.Td>
                  {attempt.started_at === null ? (
                    '—'
                  ) : (
                    <Anchor component="button" type="button" size="sm" onClick={() => onOpen(attempt.attempt)}>
                      Log of attempt {attempt.attempt}
                    </Anchor>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
