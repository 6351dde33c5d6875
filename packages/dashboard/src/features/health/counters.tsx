import { Text } from '@mantine/core';
import type { HealthChecks } from 'job-trigger-contract';
import { Panel } from '../../components/panel.tsx';

/** In the order of a run's life. */
const names: readonly (readonly [key: string, label: string])[] = [
  ['passes', 'Scheduler passes'],
  ['found', 'Due instants found'],
  ['dispatched', 'Dispatched'],
  ['skipped', 'Skipped'],
  ['executed', 'Attempts carried out'],
  ['succeeded', 'Succeeded'],
  ['failed', 'Failed'],
];

/** What schedulers and workers have done since the first start. */
export function Counters({ counters }: { readonly counters: NonNullable<HealthChecks['counters']> }) {
  return (
    <Panel title="Since the first start">
      <dl className="jtp-counters">
        {names.map(([key, label]) => (
          <div key={key}>
            <Text component="dt" size="xs" c="dimmed">
              {label}
            </Text>
            <dd>{(counters[key] ?? 0).toLocaleString()}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
