import { Button, Code, SimpleGrid, Stack } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Job } from 'job-trigger-contract';
import { CopyButton } from '../../components/copy-text.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Reason } from '../../components/reason.tsx';
import { Rows } from '../../components/rows.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { RunList } from '../runs/run-list.tsx';
import { SchedulePreview } from '../schedule/schedule-preview.tsx';
import { commandOf, curlOf } from './calls.ts';
import { StatusCard } from './status-card.tsx';

export function OverviewTab({ job }: { readonly job: Job }) {
  return (
    <Stack>
      <StatusCard job={job} />
      <SimpleGrid cols={{ base: 1, lg: job.schedules.length > 1 ? 2 : 1 }} spacing="md">
        {job.schedules.map((schedule) => (
          <SchedulePreview key={schedule.id} jobId={job.id} schedule={schedule} />
        ))}
      </SimpleGrid>
    </Stack>
  );
}

export function RunsTab({ job }: { readonly job: Job }) {
  const runs = useQuery({
    queryKey: ['runs', 'job', job.id],
    queryFn: () => api.listRuns({ query: { job_id: job.id, limit: 50 } }),
  });
  return (
    <Loaded query={runs} rows={6}>
      {({ items, next_cursor }) => (
        <Stack>
          {items.length === 0 ? <EmptyState title="It has not run yet." /> : <RunList runs={items} />}
          {next_cursor === null ? null : (
            <Link to="/runs" search={{ job: job.id }} className="jtp-link">
              All its runs
            </Link>
          )}
        </Stack>
      )}
    </Loaded>
  );
}

export function OccurrencesTab({ job }: { readonly job: Job }) {
  const query = useInfiniteQuery({
    queryKey: ['job', job.id, 'occurrences'],
    queryFn: ({ pageParam }) =>
      api.jobOccurrences({ params: { id: job.id }, query: pageParam === null ? {} : { cursor: pageParam } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const zones = new Map(job.schedules.map(({ id, timezone }) => [id, timezone]));
  if (query.isSuccess && items.length === 0)
    return (
      <EmptyState
        title="No instant has come yet."
        text="Each due instant appears here with its run, or the reason there is none."
      />
    );
  return (
    <Stack>
      <Rows
        label="Due instants"
        items={items}
        keyOf={(entry) => `${entry.schedule_id} ${entry.due_at ?? entry.from}`}
        columns={[
          {
            title: 'Due',
            cell: (entry) =>
              entry.kind === 'occurrence' ? (
                <When at={entry.due_at} zone={zones.get(entry.schedule_id ?? '')} planned precision="second" />
              ) : (
                <>
                  <When at={entry.from} zone={zones.get(entry.schedule_id ?? '')} planned /> to{' '}
                  <When at={entry.to} zone={zones.get(entry.schedule_id ?? '')} planned /> ({entry.count} instants)
                </>
              ),
          },
          { title: 'What became of it', cell: (entry) => <StateBadge state={entry.state} /> },
          {
            title: 'Run or reason',
            cell: (entry) =>
              entry.run_id === null || entry.run_id === undefined ? (
                <Reason code={entry.reason} text={entry.reason_text} />
              ) : (
                <Link to="/runs/$id" params={{ id: entry.run_id }} className="jtp-link">
                  Open the run
                </Link>
              ),
          },
          { title: 'Decided', cell: (entry) => <When at={entry.decided_at} precision="second" /> },
        ]}
      />
      {query.hasNextPage ? (
        <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Load more
        </Button>
      ) : null}
    </Stack>
  );
}

export function DefinitionTab({ job }: { readonly job: Job }) {
  const { name, type, config, schedules, parameters, retry, overlap, queue, priority, tags, timeout_seconds } = job;
  const shown = { name, type, config, schedules, parameters, retry, overlap, queue, priority, tags, timeout_seconds };
  const text = JSON.stringify(shown, null, 2);
  const calls = [curlOf(job, window.location.origin), commandOf(job)];
  return (
    <Stack>
      {calls.map((line) => (
        <div key={line}>
          <Code block>{line}</Code>
          <CopyButton text={line} />
        </div>
      ))}
      <Code block>{text}</Code>
      <CopyButton text={text} label="Copy definition" />
    </Stack>
  );
}

export function VersionsTab({ job }: { readonly job: Job }) {
  const versions = useQuery({
    queryKey: ['job', job.id, 'versions'],
    queryFn: () => api.jobVersions({ params: { id: job.id } }),
  });
  return (
    <Loaded query={versions}>
      {({ items }) => (
        <Rows
          label="Versions"
          items={items}
          keyOf={({ version }) => String(version)}
          columns={[
            { title: 'Version', cell: ({ version }) => <b>{version}</b> },
            { title: 'Saved', cell: ({ created_at }) => <When at={created_at} precision="second" /> },
            { title: 'By', cell: ({ author }) => author ?? 'system' },
            { title: 'Note', cell: ({ note }) => note ?? '—' },
          ]}
        />
      )}
    </Loaded>
  );
}
