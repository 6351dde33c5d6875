import { Button, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Panel } from '../../components/panel.tsx';
import { JobStatusBadge } from '../../components/state-badge.tsx';
import { When } from '../../components/when.tsx';
import { durationText } from '../../lib/time.ts';
import { downstreamOf, upstreamOf } from './flow.ts';
import { modeWords, type FlowJob, type Wait } from './flow-job.ts';

interface ChosenJobProps {
  readonly job: FlowJob;
  readonly jobs: readonly FlowJob[];
  readonly waits: readonly Wait[];
  readonly choose: (id: string | null) => void;
}

function Neighbours({ title, jobs, choose }: { readonly title: string } & Pick<ChosenJobProps, 'jobs' | 'choose'>) {
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      {jobs.length === 0 ? <Text size="sm">none</Text> : null}
      {jobs.map(({ id, name }) => (
        <Button key={id} size="compact-sm" variant="default" onClick={() => choose(id)}>
          {name}
        </Button>
      ))}
    </Group>
  );
}

/** What is to be known of one job of the graph, and where to go from it. */
export function ChosenJob({ job, jobs, waits, choose }: ChosenJobProps) {
  const direct = (side: 'from' | 'to'): readonly FlowJob[] => {
    const ids = new Set(
      waits.filter((wait) => wait[side] === job.id).map((wait) => wait[side === 'from' ? 'to' : 'from']),
    );
    return jobs.filter(({ id }) => ids.has(id));
  };
  const mode = waits.find(({ to }) => to === job.id)?.mode;
  const [before, after] = [upstreamOf(waits, job.id).size, downstreamOf(waits, job.id).size];
  return (
    <Panel
      title={job.name}
      aside={
        <Button size="compact-sm" variant="subtle" onClick={() => choose(null)}>
          Show all
        </Button>
      }
    >
      <Stack gap="sm">
        <Group gap="md">
          <JobStatusBadge status={job.status} />
          {job.seconds === null ? null : <Text size="sm">usually {durationText(job.seconds)}</Text>}
          {job.nextDueAt === null ? null : (
            <Text size="sm" component="div">
              next <When at={job.nextDueAt} planned next />
            </Text>
          )}
          <Text size="sm" c="dimmed">
            {before} before it, {after} after it
          </Text>
        </Group>
        {mode === undefined ? null : <Text size="sm">{modeWords[mode].long}.</Text>}
        <Neighbours title="Waits for" jobs={direct('to')} choose={choose} />
        <Neighbours title="Followed by" jobs={direct('from')} choose={choose} />
        <Group gap="sm" fz="sm">
          <Link to="/jobs/$id" params={{ id: job.id }} className="jtp-link">
            Open the job
          </Link>
          <Link to="/jobs/$id/edit" params={{ id: job.id }} className="jtp-link">
            Change what it waits for
          </Link>
        </Group>
      </Stack>
    </Panel>
  );
}
