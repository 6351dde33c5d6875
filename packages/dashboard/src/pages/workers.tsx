import { Code, Switch, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { Worker } from 'job-trigger-contract';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { Rows } from '../components/rows.tsx';
import { HealthBadge, WorkerBadge } from '../components/state-badge.tsx';
import { When } from '../components/when.tsx';
import { ClockHold } from '../features/fleet/clock-hold.tsx';
import { offsetWords } from '../features/fleet/offset-words.ts';
import { WorkerButtons } from '../features/fleet/worker-buttons.tsx';
import { api } from '../lib/api.ts';

/** Whether it reports, and beside that whether it can work. */
function WorkerState({ worker }: { readonly worker: Worker }) {
  return (
    <>
      <WorkerBadge state={worker.state} />
      {worker.unhealthy === null ? null : (
        <>
          <div>
            <HealthBadge status="unhealthy" />
          </div>
          <Text size="sm" className="jtp-anywhere">
            {worker.unhealthy}
          </Text>
        </>
      )}
    </>
  );
}

/** Who carries runs out, and who watches the clock. */
export function WorkersPage() {
  const { all }: { all?: string } = useSearch({ strict: false });
  const navigate = useNavigate();
  const withGone = all === 'yes';
  const workers = useQuery({
    queryKey: withGone ? ['workers', 'all'] : ['workers'],
    queryFn: () => api.listWorkers({ query: withGone ? { all: 'true' } : {} }),
    refetchInterval: 10_000,
  });
  const schedulers = useQuery({
    queryKey: ['schedulers'],
    queryFn: () => api.listSchedulers({}),
    refetchInterval: 10_000,
  });
  return (
    <Page title="Workers">
      <ClockHold />
      <Panel title="Workers">
        <Switch
          size="sm"
          mb="sm"
          label="Also those that are gone"
          checked={withGone}
          onChange={(event) =>
            void navigate({ to: '/workers', search: event.currentTarget.checked ? { all: 'yes' } : {}, replace: true })
          }
        />
        <Loaded query={workers}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState
                title="No worker is connected."
                text="Runs wait until one is. On any host that reaches the database:"
              >
                <Code>jtp worker</Code>
              </EmptyState>
            ) : (
              <Rows
                label="Workers"
                items={items}
                keyOf={(worker) => worker.id}
                columns={[
                  { title: 'Name', cell: (worker) => <span className="jtp-cell-name">{worker.name}</span> },
                  { title: 'State', cell: (worker) => <WorkerState worker={worker} /> },
                  { title: 'Slots', cell: (worker) => `${worker.slots_used} of ${worker.slots}` },
                  { title: 'Heartbeat', cell: (worker) => <When at={worker.last_heartbeat_at} precision="second" /> },
                  {
                    title: 'Running',
                    cell: (worker) =>
                      worker.runs.length === 0
                        ? '—'
                        : worker.runs.map((run) => (
                            <div key={run.run_id}>
                              <Link to="/runs/$id" params={{ id: run.run_id }} className="jtp-link">
                                {run.job_name}
                              </Link>
                            </div>
                          )),
                  },
                  { title: '24 h', cell: (worker) => `${worker.processed} done, ${worker.failed} failed` },
                  {
                    title: 'In all',
                    cell: (worker) => `${worker.processed_total} done, ${worker.failed_total} failed`,
                  },
                  { title: 'Queues', cell: (worker) => [...worker.queues, ...worker.labels].join(', ') },
                  { title: 'Host', cell: (worker) => `${worker.host}, pid ${worker.pid}` },
                  { title: 'Containment', cell: (worker) => worker.containment },
                  { title: 'Clock', cell: (worker) => offsetWords(worker.clock_offset_seconds) },
                  { title: 'Act', cell: (worker) => <WorkerButtons worker={worker} /> },
                ]}
              />
            )
          }
        </Loaded>
      </Panel>
      <Panel title="Schedulers">
        <Loaded query={schedulers}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState title="No scheduler is running." text="Nothing becomes due until one does:">
                <Code>jtp scheduler</Code>
              </EmptyState>
            ) : (
              <Rows
                label="Schedulers"
                items={items}
                keyOf={(scheduler) => scheduler.id}
                columns={[
                  { title: 'Name', cell: (scheduler) => <span className="jtp-cell-name">{scheduler.name}</span> },
                  { title: 'State', cell: (scheduler) => <WorkerBadge state={scheduler.state} /> },
                  { title: 'Last poll', cell: (scheduler) => <When at={scheduler.last_poll_at} precision="second" /> },
                  { title: 'Host', cell: (scheduler) => `${scheduler.host}, pid ${scheduler.pid}` },
                  { title: 'Version', cell: (scheduler) => scheduler.version },
                  { title: 'Clock', cell: (scheduler) => offsetWords(scheduler.clock_offset_seconds) },
                ]}
              />
            )
          }
        </Loaded>
      </Panel>
      <Text size="sm" c="dimmed">
        A worker that falls silent is first suspect, then lost; its runs are closed with the reason.
      </Text>
    </Page>
  );
}
