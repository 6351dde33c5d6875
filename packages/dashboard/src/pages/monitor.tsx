import { Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { MonitorDetail } from 'job-trigger-contract';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { Rows } from '../components/rows.tsx';
import { MonitorBadge } from '../components/state-badge.tsx';
import { When } from '../components/when.tsx';
import { MonitorActs } from '../features/monitors/monitor-acts.tsx';
import { CodeLine } from '../features/monitors/code-line.tsx';
import { PingLine } from '../features/monitors/ping-line.tsx';
import { api } from '../lib/api.ts';

const pingWords = { success: 'Success', start: 'Start', fail: 'Failure' } as const;

/** `30 min`, or seconds where minutes do not tell it. */
function graceText(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

function Now({ monitor }: { readonly monitor: MonitorDetail }) {
  return (
    <Stack gap="xs">
      <Group gap="md">
        <MonitorBadge state={monitor.state} />
        <Text size="sm" c="dimmed">
          since <When at={monitor.state_since} />
        </Text>
      </Group>
      <Text size="sm">
        {monitor.expects}, up to {graceText(monitor.grace_seconds)} late.
      </Text>
      <Text size="sm">
        Last ping: <When at={monitor.last_ping_at} precision="second" none="none yet" />
        {monitor.expected_at === null ? null : (
          <>
            {' · next due '}
            <When at={monitor.expected_at} planned />
          </>
        )}
        {monitor.started_at === null ? null : (
          <>
            {' · started '}
            <When at={monitor.started_at} precision="second" /> and not ended yet
          </>
        )}
      </Text>
    </Stack>
  );
}

function Pings({ pings }: Pick<MonitorDetail, 'pings'>) {
  if (pings.length === 0)
    return <EmptyState title="No ping yet." text="The monitor waits for its first one before it can be late." />;
  return (
    <Rows
      label="Pings"
      items={pings}
      keyOf={({ at, kind }) => `${at} ${kind}`}
      columns={[
        { title: 'When', cell: ({ at }) => <When at={at} precision="second" /> },
        {
          title: 'What',
          cell: ({ kind, exit_code: code }) => (code === null ? pingWords[kind] : `${pingWords[kind]}, exit ${code}`),
        },
        { title: 'From', cell: ({ address }) => address ?? '—' },
        { title: 'With', cell: ({ user_agent: agent }) => agent ?? '—' },
      ]}
    />
  );
}

/** One job elsewhere: how it is, the line that reports it, its last pings. */
export function MonitorPage() {
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const query = useQuery({
    queryKey: ['monitors', id],
    queryFn: () => api.getMonitor({ params: { id } }),
    refetchInterval: 10_000,
  });
  return (
    <Loaded query={query}>
      {(monitor) => (
        <Page
          title={monitor.name}
          crumbs={
            <Link to="/monitors" className="jtp-link">
              Monitors
            </Link>
          }
          acts={<MonitorActs monitor={monitor} />}
        >
          <Panel title="Now">
            <Now monitor={monitor} />
          </Panel>
          <Panel title="Where it reports">
            <PingLine monitor={monitor} />
          </Panel>
          <Panel title="Last pings">
            <Pings pings={monitor.pings} />
          </Panel>
          {monitor.last_output === null ? null : (
            <Panel title="Last output">
              <CodeLine text={monitor.last_output} label="Text of the last output" className="jtp-ping-output" />
            </Panel>
          )}
        </Page>
      )}
    </Loaded>
  );
}
