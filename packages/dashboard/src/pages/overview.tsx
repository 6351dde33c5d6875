import { Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Overview } from 'job-trigger-contract';
import { Duration, Elapsed } from '../components/duration.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { Reason } from '../components/reason.tsx';
import { When } from '../components/when.tsx';
import { NewJobButton } from '../features/jobs/new-job-button.tsx';
import { NewestAttention } from '../features/attention/newest-attention.tsx';
import { useAttentionCount } from '../features/attention/use-attention.ts';
import { DemoBanner } from '../features/demo/demo-banner.tsx';
import { ClockHold } from '../features/fleet/clock-hold.tsx';
import { FirstJob } from '../features/overview/first-job.tsx';
import { Notices } from '../features/overview/notices.tsx';
import { RunRows } from '../features/overview/run-rows.tsx';
import { Tiles } from '../features/overview/tiles.tsx';
import { api } from '../lib/api.ts';

function Attention() {
  const open = useAttentionCount().data?.open ?? 0;
  return (
    <Panel title={open === 0 ? 'Needs attention' : `Needs attention (${open})`}>
      <NewestAttention />
    </Panel>
  );
}

function Coming({ overview }: { readonly overview: Overview }) {
  return (
    <Panel title="Coming up">
      {overview.coming.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing is scheduled.
        </Text>
      ) : (
        <Stack gap={0} component="ul" className="jtp-plain-list">
          {overview.coming.map((next) => (
            <Group key={next.job_id} component="li" justify="space-between" gap="xs" className="jtp-coming">
              <Link
                to="/jobs/$id"
                params={{ id: next.job_id }}
                className="jtp-link jtp-cell-name"
                title={next.description}
              >
                {next.job_name}
              </Link>
              <Text size="sm" component="span">
                <When at={next.at} zone={next.timezone} planned next />
              </Text>
            </Group>
          ))}
        </Stack>
      )}
    </Panel>
  );
}

function Content({ overview }: { readonly overview: Overview }) {
  const { running, waiting, finished } = overview;
  const none = (text: string) => (
    <Text size="sm" c="dimmed">
      {text}
    </Text>
  );
  return (
    <>
      <ClockHold />
      <Notices overview={overview} />
      <DemoBanner jobs={overview.demo_jobs} />
      {overview.jobs_total === 0 ? (
        <Panel title="Your first job">
          <FirstJob />
        </Panel>
      ) : null}
      <Tiles overview={overview} />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Attention />
        <Panel title="Running now">
          {running.length === 0 ? none('Nothing runs.') : null}
          <RunRows runs={running} tell={(run) => (run.started_at === null ? '' : <Elapsed since={run.started_at} />)} />
        </Panel>
        {waiting.length === 0 ? null : (
          <Panel title="Waiting">
            <RunRows runs={waiting} tell={(run) => <Reason code={run.reason} text={run.reason_text} />} />
          </Panel>
        )}
        <Coming overview={overview} />
        <Panel title="Finished">
          {finished.length === 0 ? <EmptyState title="No run has ended yet." /> : null}
          <RunRows
            runs={finished}
            tell={(run) => (
              <>
                <When at={run.ended_at} /> · <Duration seconds={run.duration_seconds} />
              </>
            )}
          />
        </Panel>
      </SimpleGrid>
    </>
  );
}

export function OverviewPage() {
  const query = useQuery({ queryKey: ['overview'], queryFn: () => api.overview({}), refetchInterval: 30_000 });
  return (
    <Page title="Overview" acts={<NewJobButton />}>
      <Loaded query={query} rows={6}>
        {(overview) => <Content overview={overview} />}
      </Loaded>
    </Page>
  );
}
