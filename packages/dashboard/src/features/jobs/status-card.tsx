import { Group, List, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Job, Why } from 'job-trigger-contract';
import type { ReactNode } from 'react';
import { Countdown } from '../../components/countdown.tsx';
import { Panel } from '../../components/panel.tsx';
import { Reason } from '../../components/reason.tsx';
import { JobStatusBadge, RunBadge } from '../../components/state-badge.tsx';
import { Told } from '../../components/told.tsx';
import { zoneFor, When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { nextWords } from '../../lib/next-words.ts';
import { useNow, useZoneMode } from '../../lib/store.ts';
import { durationText } from '../../lib/time.ts';
import { itemsOf } from './items.ts';
import { NextRun } from './next-run.tsx';

/** The next run as people say it, why there is none, or an invitation to plan one. */
function Next({ job }: { readonly job: Job }) {
  const mode = useZoneMode();
  const now = useNow('half-minute');
  if (job.schedules.length === 0 && job.depends_on !== null)
    return (
      <Text size="sm">
        <NextRun job={job} />.{' '}
        <Link to="/jobs/$id" params={{ id: job.id }} search={{ tab: 'dependencies' }} className="jtp-link">
          Which they are
        </Link>
      </Text>
    );
  if (job.schedules.length === 0)
    return (
      <Text size="sm">
        It runs when somebody asks for it.{' '}
        <Link to="/jobs/$id/edit" params={{ id: job.id }} className="jtp-link">
          Give it a schedule
        </Link>
      </Text>
    );
  if (job.next_due_at === null) return <NextRun job={job} />;
  const zone = job.schedules.find(({ next_due_at }) => next_due_at === job.next_due_at)?.timezone;
  return (
    <div>
      <Text fw={600}>{nextWords(Date.parse(job.next_due_at), now, zoneFor(mode, zone, true))}</Text>
      <Text size="sm" c="dimmed" component="div">
        <Countdown at={job.next_due_at} /> · {zone}
      </Text>
    </div>
  );
}

/** How the last run ended: when, how long it took, what it says it worked through. */
function Last({ job: { last_run: run, consecutive_failures: failures } }: { readonly job: Job }) {
  if (run === null) return <Text size="sm">It has not run yet.</Text>;
  const facts = [
    ...(run.duration_seconds === null ? [] : [durationText(run.duration_seconds)]),
    ...itemsOf(run.result),
    ...(failures > 1 ? [`${failures} failures in a row`] : []),
  ];
  return (
    <div>
      <Group gap="xs">
        <RunBadge run={run} />
        <Link to="/runs/$id" params={{ id: run.id }} className="jtp-link">
          Open it
        </Link>
      </Group>
      <Text size="sm" c="dimmed" component="div">
        <When at={run.ended_at ?? run.created_at} />
        {facts.length === 0 ? '' : ` · ${facts.join(' · ')}`}
      </Text>
    </div>
  );
}

/** The maintenance that holds it, and where it is ended. */
function Held({ held }: { readonly held: Why['maintenance'] }) {
  if (held === null) return null;
  return (
    <List.Item>
      <Told text={held.text} />{' '}
      <Link to="/admin/maintenance" className="jtp-link">
        End it
      </Link>
    </List.Item>
  );
}

type Fact = Why['last'][number];

/** Newest first; those in a row that say the same are one, with their number. */
function alike(facts: readonly Fact[]): readonly { readonly fact: Fact; readonly times: number }[] {
  const told: { readonly fact: Fact; times: number }[] = [];
  for (const fact of facts) {
    const last = told.at(-1);
    if (last?.fact.text === fact.text && last.fact.run_id === fact.run_id) last.times += 1;
    else told.push({ fact, times: 1 });
  }
  return told;
}

/** What waits, and what lately came due and did not run: each with its reason. */
function Reasons({ job }: { readonly job: Job }) {
  const { data: why } = useQuery({
    queryKey: ['job', job.id, 'why'],
    queryFn: () => api.jobWhy({ params: { id: job.id } }),
  });
  if (why === undefined) return null;
  const { waiting, maintenance: held } = why;
  const without = alike(why.last.filter(({ reason }) => reason !== null));
  if (waiting.length === 0 && without.length === 0 && held === null) return null;
  return (
    <List size="sm" mt="sm">
      <Held held={held} />
      {waiting.map((run) => (
        <List.Item key={run.run_id}>
          <Link to="/runs/$id" params={{ id: run.run_id }} className="jtp-link">
            A run waits
          </Link>
          : <Reason code={run.reason} text={run.reason_text} />
        </List.Item>
      ))}
      {without.map(({ fact, times }) => (
        <List.Item key={`${fact.at} ${fact.text}`}>
          <When at={fact.at} />: did not run. <Told text={fact.text} />
          {times > 1 ? ` The ${times - 1} before it, too.` : ''}
          {fact.run_id === null ? null : (
            <>
              {' '}
              <Link to="/runs/$id" params={{ id: fact.run_id }} className="jtp-link">
                Open that run
              </Link>
            </>
          )}
        </List.Item>
      ))}
    </List>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Stack gap={4}>
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      {children}
    </Stack>
  );
}

/** What stands about one job at a glance: its status, what comes, what was, and why not. */
export function StatusCard({ job }: { readonly job: Job }) {
  return (
    <Panel title="Status">
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md">
        <Part title="Now">
          <JobStatusBadge status={job.status} />
          {job.last_error === null || job.consecutive_failures === 0 ? null : (
            <Text size="sm" c="dimmed" lineClamp={2} className="jtp-anywhere">
              {job.last_error}
            </Text>
          )}
        </Part>
        <Part title="Next">
          <Next job={job} />
        </Part>
        <Part title="Last run">
          <Last job={job} />
        </Part>
      </SimpleGrid>
      <Reasons job={job} />
    </Panel>
  );
}
