import { Code, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Rows } from '../components/rows.tsx';
import { HealthBadge } from '../components/state-badge.tsx';
import { When } from '../components/when.tsx';
import { ClockHold } from '../features/fleet/clock-hold.tsx';
import { api } from '../lib/api.ts';
import { clockOffset } from '../lib/clock.ts';
import { durationText } from '../lib/time.ts';

/** Is it working: each check measured when asked, with what mends it. */
export function HealthPage() {
  const query = useQuery({ queryKey: ['health'], queryFn: () => api.health(), refetchInterval: 10_000 });
  return (
    <Page title="Health">
      <Loaded query={query}>
        {(health) => (
          <>
            <ClockHold />
            <Group>
              <HealthBadge status={health.status} />
              <Text size="sm" c="dimmed">
                Version {health.version} · zone data {health.zone_data} · checked{' '}
                <When at={health.timestamp} precision="second" /> · this browser’s clock differs by{' '}
                {durationText(Math.abs(clockOffset()) / 1000)}
              </Text>
            </Group>
            <Rows
              label="Checks"
              items={Object.entries(health.checks ?? {})}
              keyOf={([name]) => name}
              columns={[
                { title: 'Check', cell: ([name]) => <span className="jtp-cell-name">{name}</span> },
                { title: 'State', cell: ([, check]) => <HealthBadge status={check.status} /> },
                { title: 'Finding', cell: ([, check]) => check.message },
                { title: 'What to do', cell: ([, check]) => check.fix ?? '—' },
              ]}
            />
            <Text size="sm" c="dimmed">
              The same for programs: <Code>curl {window.location.origin}/api/health</Code>
            </Text>
          </>
        )}
      </Loaded>
    </Page>
  );
}
