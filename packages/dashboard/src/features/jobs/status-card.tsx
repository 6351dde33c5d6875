import { Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Job } from 'job-trigger-contract';
import { Panel } from '../../components/panel.tsx';
import { RunBadge, JobStatusBadge } from '../../components/state-badge.tsx';
import { zoneFor, When } from '../../components/when.tsx';
import { nextWords } from '../../lib/next-words.ts';
import { useNow, useZoneMode } from '../../lib/store.ts';
import { durationText } from '../../lib/time.ts';
import { itemsOf } from './items.ts';

/** The next run as people say it, why there is none, or an invitation to plan one. */
function Next({ job }: { readonly job: Job }) {
  const mode = useZoneMode();
  const now = useNow('half-minute');
  if (job.schedules.length === 0)
    return (
      <Text size="sm">
        It runs when somebody asks for it.{' '}
        <Link to="/jobs/$id/edit" params={{ id: job.id }} className="jtp-link">
          Give it a schedule
        </Link>
      </Text>
    );
  if (job.next_due_at === null) return <Text size="sm">{job.next_text ?? 'Nothing is next.'}</Text>;
  const zone = job.schedules.find(({ next_due_at }) => next_due_at === job.next_due_at)?.timezone;
  return (
    <Text size="sm">
      <strong>{nextWords(Date.parse(job.next_due_at), now, zoneFor(mode, zone, true))}</strong> (
      <When at={job.next_due_at} zone={zone} planned />)
    </Text>
  );
}

/** How the last run ended: when, how long it took, what it says it worked through. */
function Last({ job: { last_run: run, consecutive_failures: failures } }: { readonly job: Job }) {
  if (run === null) return <Text size="sm">It has not run yet.</Text>;
  const facts = [
    ...(run.duration_seconds === null ? [] : [durationText(run.duration_seconds)]),
    ...itemsOf(run.result),
    ...(failures > 1 ? [`${failures} failures in a row`] : []),
  ];
  return (
    <Text size="sm" component="div">
      Last: <RunBadge run={run} /> <When at={run.ended_at ?? run.created_at} />
      {facts.length === 0 ? '' : ` · ${facts.join(' · ')}`}{' '}
      <Link to="/runs/$id" params={{ id: run.id }} className="jtp-link">
        Open it
      </Link>
    </Text>
  );
}

/** What stands about one job at a glance: its status, what comes, what was. */
export function StatusCard({ job }: { readonly job: Job }) {
  return (
    <Panel title="Status">
      <Stack gap="xs">
        <Group gap="md">
          <JobStatusBadge status={job.status} />
          <Next job={job} />
        </Group>
        <Last job={job} />
      </Stack>
    </Panel>
  );
}
