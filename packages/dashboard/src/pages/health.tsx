import { Code, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Health, HealthChecks } from 'job-trigger-contract';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { HealthBadge } from '../components/state-badge.tsx';
import { When } from '../components/when.tsx';
import { ClockHold } from '../features/fleet/clock-hold.tsx';
import { BackUpPanel } from '../features/health/back-up-panel.tsx';
import { CleanUpPanel } from '../features/health/clean-up-panel.tsx';
import { CheckCard, type HealthCheck } from '../features/health/check-card.tsx';
import { Counters } from '../features/health/counters.tsx';
import '../features/health/health.css';
import { useSession } from '../features/people/use-session.ts';
import { api } from '../lib/api.ts';
import { clockOffset } from '../lib/clock.ts';
import { durationText } from '../lib/time.ts';
import { portalAddress } from '../lib/base.ts';

const everyMs = 10_000;

/** What is not well comes first. */
function Cards({ checks }: { readonly checks: readonly HealthCheck[] }) {
  const isPoor = ({ status }: HealthCheck): boolean => status !== 'healthy';
  const sorted = [...checks.filter(isPoor), ...checks.filter((check) => !isPoor(check))];
  return (
    <ul className="jtp-checks" aria-label="Checks">
      {sorted.map((check) => (
        <CheckCard key={check.title} check={check} />
      ))}
    </ul>
  );
}

function Summary({
  status,
  version,
  at,
}: {
  readonly status: Health['status'];
  readonly version: string;
  readonly at: string;
}) {
  return (
    <Group>
      <HealthBadge status={status} />
      <Text size="sm" c="dimmed">
        Version {version} · checked <When at={at} precision="second" /> · this browser’s clock differs by{' '}
        {durationText(Math.abs(clockOffset()) / 1000)}
      </Text>
    </Group>
  );
}

/** All that `jtp doctor` finds of a running installation. */
function FullHealth() {
  const query = useQuery({
    queryKey: ['health', 'checks'],
    queryFn: () => api.healthChecks(),
    refetchInterval: everyMs,
  });
  return (
    <Loaded query={query}>
      {({ status, version, checked_at: at, items, counters }: HealthChecks) => (
        <>
          <Summary status={status} version={version} at={at} />
          <Cards checks={items} />
          {counters === null ? null : <Counters counters={counters} />}
        </>
      )}
    </Loaded>
  );
}

const titles: Readonly<Record<string, readonly [title: string, meaning: string]>> = {
  database: ['Database', 'Holds jobs, ledger and runs.'],
  schedulers: ['Schedulers', 'Turn what is due into runs.'],
  workers: ['Workers', 'Claim runs and carry them out.'],
  storage: ['Data folder', 'Holds output, keys and, with SQLite, the database.'],
};

/** What those may see who do not keep the installation running. */
function ShortHealth() {
  const query = useQuery({ queryKey: ['health'], queryFn: () => api.health(), refetchInterval: everyMs });
  return (
    <Loaded query={query}>
      {({ status, version, timestamp, checks }: Health) => (
        <>
          <Summary status={status} version={version} at={timestamp ?? ''} />
          <Cards
            checks={Object.entries(checks ?? {}).map(([name, check]) => {
              const [title, meaning] = titles[name] ?? [name, ''];
              return { ...check, title, meaning };
            })}
          />
        </>
      )}
    </Loaded>
  );
}

/** Is it working: each check measured when asked, with what mends it. */
export function HealthPage() {
  const isAdmin = useSession().data?.person?.role === 'admin';
  return (
    <Page title="Health">
      <ClockHold />
      {isAdmin ? <FullHealth /> : <ShortHealth />}
      {isAdmin ? <BackUpPanel /> : null}
      {isAdmin ? <CleanUpPanel /> : null}
      <Text size="sm" c="dimmed">
        The same for programs: <Code>curl {portalAddress()}/api/health</Code>
        {isAdmin ? (
          <>
            {' '}
            and, on the host, <Code>jtp doctor</Code>
          </>
        ) : null}
      </Text>
    </Page>
  );
}
