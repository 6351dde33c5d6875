import { Alert, Stack, Text } from '@mantine/core';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { Preview, Schedule } from 'job-trigger-contract';
import { useState, type ReactNode } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Loading } from '../../components/loading.tsx';
import { Panel } from '../../components/panel.tsx';
import { CountSelect, Facts, Instants } from './preview-parts.tsx';
import { comingOf, previewQuery, problemOf, zoneOf } from './preview-query.ts';
import { draftOf, type ScheduleDraft } from './schedule-draft.ts';

/** It is the schedule in force: there is nothing to compare. */
function withoutDifference(preview: Preview): Preview {
  const { difference: _, ...rest } = preview;
  return rest;
}

interface SchedulePreviewProps {
  readonly jobId: string;
  readonly schedule: Schedule;
  /** Its job is paused: nothing of it comes to be. */
  readonly paused: boolean;
}

/** What it is that stands below, where it is not what will be. */
function Idle({ schedule, paused }: Pick<SchedulePreviewProps, 'schedule' | 'paused'>) {
  if (!schedule.active) return <Text size="sm">Switched off: this is what it would do.</Text>;
  return paused ? <Text size="sm">The job is paused: this is what it would do.</Text> : null;
}

/** One saved schedule with its next instants: what the scheduler itself would do. */
export function SchedulePreview({ jobId, schedule, paused }: SchedulePreviewProps) {
  const [count, setCount] = useState(10);
  const draft = draftOf(schedule);
  const query = useQuery({
    ...previewQuery(draft, jobId, count),
    select: withoutDifference,
    placeholderData: (before) => before,
    // What has come leaves the list.
    refetchInterval: 60_000,
  });
  return (
    <Panel title={schedule.name ?? schedule.description} aside={<CountSelect count={count} change={setCount} />}>
      <Content query={query} draft={draft} count={count}>
        {schedule.name === null ? null : <Text fw={600}>{schedule.description}</Text>}
        <Idle schedule={schedule} paused={paused} />
      </Content>
    </Panel>
  );
}

interface ContentProps {
  readonly query: UseQueryResult<Preview>;
  readonly draft: ScheduleDraft;
  readonly count: number;
  readonly children: ReactNode;
}

function Content({ query, draft, count, children }: ContentProps) {
  const problem = problemOf(query.error);
  if (problem !== null)
    return (
      <Alert variant="outline" color="red" title="This schedule is refused:" className="jtp-alert" role="alert">
        {problem}
      </Alert>
    );
  if (query.isError) return <ErrorPanel error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading rows={4} />;
  const zone = zoneOf(draft);
  const coming = comingOf([{ place: 0, zone, active: true, preview: query.data, problem: null }], count);
  return (
    <Stack gap="xs" aria-live="polite">
      {children}
      {coming.length === 0 ? (
        <Text size="sm">No instant is ahead.</Text>
      ) : (
        <Instants coming={coming} numbered={false} />
      )}
      <Facts preview={query.data} zone={zone} />
    </Stack>
  );
}
