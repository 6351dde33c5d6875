import { Alert, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Loading } from '../../components/loading.tsx';
import { CountSelect, Facts, Instants } from './preview-parts.tsx';
import { comingOf, previewQuery, problemOf, zoneOf } from './preview-query.ts';
import type { ScheduleDraft } from './schedule-draft.ts';

interface SchedulePreviewProps {
  readonly schedule: ScheduleDraft;
  /** What the schedule says stands above it already. */
  readonly described: boolean;
}

/** The next instants of one saved schedule: what the scheduler itself would do. */
export function SchedulePreview({ schedule, described }: SchedulePreviewProps) {
  const [count, setCount] = useState(10);
  const query = useQuery({
    ...previewQuery(schedule, undefined, count),
    placeholderData: (before) => before,
    // What has come leaves the list.
    refetchInterval: 60_000,
  });
  const problem = problemOf(query.error);
  if (problem !== null)
    return (
      <Alert variant="outline" color="red" title="This schedule cannot be" className="jtp-alert" role="alert">
        {problem}
      </Alert>
    );
  if (query.isError) return <ErrorPanel error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading rows={4} />;
  const preview = query.data;
  const zone = zoneOf(schedule);
  // A schedule that is off names instants all the same: they are what it would do.
  const coming = comingOf([{ place: 0, zone, active: true, preview, problem: null }], count);
  return (
    <Stack gap="xs" aria-live="polite">
      <Group justify="space-between" gap="xs">
        {described ? <span /> : <Text fw={600}>{preview.description}</Text>}
        <CountSelect count={count} change={setCount} />
      </Group>
      {coming.length === 0 ? (
        <Text size="sm">No instant is ahead.</Text>
      ) : (
        <Instants coming={coming} numbered={false} />
      )}
      <Facts preview={preview} zone={zone} />
    </Stack>
  );
}
