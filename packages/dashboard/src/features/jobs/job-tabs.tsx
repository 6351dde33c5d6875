import { Code, SimpleGrid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Job } from 'job-trigger-contract';
import { CopyButton } from '../../components/copy-text.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Panel } from '../../components/panel.tsx';
import { Rows } from '../../components/rows.tsx';
import { When } from '../../components/when.tsx';
import { useSession } from '../people/use-session.ts';
import { api } from '../../lib/api.ts';
import { RunList } from '../runs/run-list.tsx';
import { SchedulePreview } from '../schedule/schedule-preview.tsx';
import { commandOf, curlOf } from './calls.ts';
import { definitionOf } from './definition.ts';
import { StatusCard } from './status-card.tsx';
import { portalAddress } from '../../lib/base.ts';

export function OverviewTab({ job }: { readonly job: Job }) {
  return (
    <Stack>
      <StatusCard job={job} />
      <SimpleGrid cols={{ base: 1, lg: job.schedules.length > 1 ? 2 : 1 }} spacing="md">
        {job.schedules.map((schedule) => (
          <SchedulePreview key={schedule.id} jobId={job.id} schedule={schedule} paused={!job.active} />
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

export function DefinitionTab({ job }: { readonly job: Job }) {
  const text = JSON.stringify(definitionOf(job), null, 2);
  const parts = [
    { title: 'Run it by the API', content: curlOf(job, portalAddress()) },
    { title: 'Run it by the command line', content: commandOf(job) },
    { title: 'Definition', content: text },
  ];
  return (
    <Stack>
      {parts.map(({ title, content }) => (
        <Panel key={title} title={title} aside={<CopyButton text={content} />}>
          <Code block className="jtp-break" tabIndex={0} aria-label={title}>
            {content}
          </Code>
        </Panel>
      ))}
    </Stack>
  );
}

export function VersionsTab({ job }: { readonly job: Job }) {
  const versions = useQuery({
    queryKey: ['job', job.id, 'versions'],
    queryFn: () => api.jobVersions({ params: { id: job.id } }),
  });
  const session = useSession();
  const audit =
    session.data?.person?.role === 'admin' ? (
      <Link to="/admin/audit" search={{ subject: job.id }} className="jtp-link">
        Who changed what, field by field
      </Link>
    ) : null;
  return (
    <Loaded query={versions}>
      {({ items }) => (
        <Stack>
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
          {audit}
        </Stack>
      )}
    </Loaded>
  );
}
