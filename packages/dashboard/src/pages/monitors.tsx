import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { Rows } from '../components/rows.tsx';
import { MonitorBadge } from '../components/state-badge.tsx';
import { When } from '../components/when.tsx';
import { MonitorDialog } from '../features/monitors/monitor-dialog.tsx';
import { useMay } from '../features/runs/use-may.ts';
import { api } from '../lib/api.ts';

/** Jobs that run elsewhere, by the pings that they send. */
export function MonitorsPage() {
  const [isAdding, setAdding] = useState(false);
  const refused = useMay('editor');
  const query = useQuery({ queryKey: ['monitors'], queryFn: () => api.listMonitors(), refetchInterval: 10_000 });
  const add = (
    <Button disabled={refused !== null} title={refused ?? undefined} onClick={() => setAdding(true)}>
      Add monitor
    </Button>
  );
  return (
    <Page title="Monitors" acts={query.data?.items.length === 0 ? undefined : add}>
      <Panel title="Jobs that run elsewhere">
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState
                title="No monitor yet."
                text="A job in a crontab elsewhere reports here with one line of curl. When its ping does not come, you hear of it."
              >
                {add}
              </EmptyState>
            ) : (
              <Rows
                label="Monitors"
                items={items}
                keyOf={(monitor) => monitor.id}
                columns={[
                  {
                    title: 'Name',
                    cell: (monitor) => (
                      <Link to="/monitors/$id" params={{ id: monitor.id }} className="jtp-link jtp-cell-name">
                        {monitor.name}
                      </Link>
                    ),
                  },
                  { title: 'State', cell: (monitor) => <MonitorBadge state={monitor.state} /> },
                  { title: 'Expects', cell: (monitor) => monitor.expects },
                  { title: 'Last ping', cell: (monitor) => <When at={monitor.last_ping_at} none="None yet" /> },
                  { title: 'Next due', cell: (monitor) => <When at={monitor.expected_at} planned /> },
                ]}
              />
            )
          }
        </Loaded>
      </Panel>
      <Text size="sm" c="dimmed">
        A ping that is due makes its monitor late, and down when the grace is over. One that is down stands in the inbox
        until it reports again; webhooks can hear of both.
      </Text>
      {isAdding ? <MonitorDialog onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}
