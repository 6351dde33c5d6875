/** The portal over a given database, inside this process, and what its pages ask of it. */
import { mkdirSync } from 'node:fs';
import { createOperations, loadConfig, openStore, realSystem, toUuid } from 'job-trigger-core';
import { createPortal } from 'job-trigger-server';
import { createdAtOf, type PastFacts } from './past.ts';

export interface ReadablePortal {
  /** @throws unless it was answered with 200 */
  read(path: string): Promise<unknown>;
  close(): Promise<void>;
}

export async function openPortal(url: string, dataDir: string): Promise<ReadablePortal> {
  mkdirSync(dataDir, { recursive: true });
  const config = loadConfig({
    file: null,
    env: { JOB_PORTAL_RATE_PER_MINUTE: '0', JOB_PORTAL_DATA_DIR: dataDir },
    flags: {},
    cwd: dataDir,
    readFile: () => '',
  });
  const { scriptsDir, allowedExtensions, scriptMaxBytes, engine } = config.values;
  const system = realSystem();
  const store = await openStore({ url, system, migrate: true });
  const operations = createOperations({
    store,
    system,
    dataDir,
    scriptsDir,
    defaultTimezone: 'UTC',
    allowCommand: false,
    outgoingAllow: [],
    scriptRules: { allowedExtensions, maxBytes: scriptMaxBytes },
    retryDefaults: engine.retry,
  });
  const secret = 'bench';
  const app = await createPortal({
    operations,
    store,
    system,
    config,
    timezone: 'UTC',
    version: '0',
    localCaller: { secret, name: 'bench' },
  });
  return {
    async read(path) {
      const { statusCode, payload } = await app.inject({ url: path, headers: { 'x-jtp-local': secret } });
      if (statusCode !== 200) throw new Error(`${path} was answered ${statusCode}: ${payload.slice(0, 300)}`);
      return JSON.parse(payload) as unknown;
    },
    async close() {
      await app.close();
      await store.close();
    },
  };
}

export interface Read {
  readonly name: string;
  readonly path: string;
}

const dayMs = 86_400_000;
const at = (instant: number): string => new Date(instant).toISOString();

/** Every list and page, with each filter and order once; further pages where there are some. */
export async function readsOf(portal: ReadablePortal, facts: PastFacts): Promise<readonly Read[]> {
  const idOf = (id: number): string => toUuid({ id, createdAt: createdAtOf(facts, id) });
  const [busy, quiet] = [idOf(facts.busyJob), idOf(facts.firstJob + 41)];
  const { to } = facts;
  const [hour, week] = [at(to - 3_600_000), at(to - 7 * dayMs)];
  const tomorrow = at(to + dayMs);
  const lists: Record<string, string> = {
    overview: '/api/overview',
    'overview, 30 days': '/api/overview?window_seconds=2592000',
    'jobs, newest': '/api/jobs?limit=50',
    ...Object.fromEntries(
      ['name', '-name', 'next_due_at', '-next_due_at', 'updated_at', '-updated_at', 'created_at'].map((sort) => [
        `jobs by ${sort}`,
        `/api/jobs?limit=50&sort=${sort}`,
      ]),
    ),
    'jobs with total': '/api/jobs?limit=50&total=true',
    'jobs searched': '/api/jobs?limit=50&search=report%2012',
    'jobs searched in vain': '/api/jobs?limit=50&search=nowhere',
    'jobs searched, rare': '/api/jobs?limit=50&search=of%20777',
    'jobs of a tag': '/api/jobs?limit=50&tag=team-5',
    'jobs of no tag': '/api/jobs?limit=50&tag=nobody',
    'jobs of a tag by name': '/api/jobs?limit=50&tag=team-5&sort=name',
    'jobs of a type': '/api/jobs?limit=50&type=http',
    'jobs paused': '/api/jobs?limit=50&active=false',
    'jobs unscheduled': '/api/jobs?limit=50&scheduled=false',
    'jobs of a source': '/api/jobs?limit=50&source=library',
    'jobs deleted': '/api/jobs?limit=50&deleted=true',
    'jobs that fail': '/api/jobs?limit=50&status=failed',
    'jobs that run': '/api/jobs?limit=50&status=running',
    'job, busy': `/api/jobs/${busy}`,
    'job, quiet': `/api/jobs/${quiet}`,
    'why, busy': `/api/jobs/${busy}/why`,
    'why, quiet': `/api/jobs/${quiet}/why`,
    'why, at an instant': `/api/jobs/${quiet}/why?at=${hour}`,
    'occurrences, busy': `/api/jobs/${busy}/occurrences?limit=50`,
    'occurrences skipped, busy': `/api/jobs/${busy}/occurrences?limit=50&state=skipped`,
    'occurrences for a reason, busy': `/api/jobs/${busy}/occurrences?limit=50&reason=misfire`,
    'runs of a job': `/api/jobs/${busy}/logs?limit=50`,
    runs: '/api/runs?limit=50',
    ...Object.fromEntries(
      [
        'queued',
        'running',
        'succeeded',
        'failed',
        'timed_out',
        'cancelled',
        'lost',
        'failed,timed_out,lost',
        'starting,running,failed',
      ].map((state) => [`runs ${state}`, `/api/runs?limit=50&state=${state}`]),
    ),
    'runs lost of a job': `/api/runs?limit=50&state=lost&job_id=${busy}`,
    'runs failed of a job': `/api/runs?limit=50&state=failed&job_id=${busy}`,
    'runs by hand': '/api/runs?limit=50&trigger=manual',
    'runs by nobody': '/api/runs?limit=50&trigger=webhook',
    'runs by nobody, of a job': `/api/runs?limit=50&trigger=backfill&job_id=${busy}`,
    'runs for a reason': '/api/runs?limit=50&reason=cancel_requested',
    'runs for no reason that was': '/api/runs?limit=50&reason=superseded',
    'runs of a week': `/api/runs?limit=50&from=${week}&to=${hour}`,
    'runs failed of a week': `/api/runs?limit=50&state=failed&from=${week}`,
    coming: '/api/schedules/coming',
    queue: '/api/queue',
    events: '/api/events?limit=50',
    'events of a kind': '/api/events?limit=50&kind=run.lost',
    'events of no kind': '/api/events?limit=50&kind=worker.removed',
    'events of kinds': '/api/events?limit=50&kind=run.lost,run.failed',
    'timeline, day': `/api/timeline?from=${at(to - dayMs)}&to=${tomorrow}`,
    'timeline, hour': `/api/timeline?from=${hour}&to=${at(to)}`,
    'timeline, month': `/api/timeline?from=${at(to - 30 * dayMs)}&to=${at(to)}`,
    'timeline of a job, month': `/api/timeline?job=${busy}&from=${at(to - 30 * dayMs)}&to=${at(to)}`,
    'timeline of a tag, day': `/api/timeline?tag=team-5&from=${at(to - dayMs)}&to=${tomorrow}`,
    'timeline searched, day': `/api/timeline?search=report%2012&from=${at(to - dayMs)}&to=${tomorrow}`,
    'heat map, week': `/api/timeline/heat?timezone=UTC&from=${week}&to=${at(to)}`,
    'heat map, ahead': `/api/timeline/heat?timezone=UTC&from=${at(to)}&to=${at(to + 7 * dayMs)}`,
    forecast: '/api/forecast',
    alerts: '/api/alerts?limit=50',
    'alerts counted': '/api/alerts/count',
    workers: '/api/workers?all=true',
    schedulers: '/api/schedulers?all=true',
    monitors: '/api/monitors',
    health: '/api/health',
    'health checks': '/api/health/checks',
  };
  const reads = Object.entries(lists).map(([name, path]) => ({ name, path }));
  for (const { name, path } of reads.slice()) {
    if (!/limit=/.test(path)) continue;
    const { next_cursor: next } = (await portal.read(path)) as { readonly next_cursor?: string | null };
    if (typeof next === 'string') reads.push({ name: `${name}, next page`, path: `${path}&cursor=${next}` });
  }
  const { items } = (await portal.read('/api/runs?limit=50&state=succeeded')) as {
    readonly items: readonly { readonly id: string }[];
  };
  const [run] = items;
  if (run !== undefined) reads.push({ name: 'run', path: `/api/runs/${run.id}` });
  return reads;
}
