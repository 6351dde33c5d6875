/** Gathers what tells that the facts behind alerts are over. Reads no more than these alerts are about. */
import type { Alert } from '../model/alert.ts';
import { toUuid } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import { factOver, type OverFacts } from '../policy/alert-facts.ts';
import type { Store } from '../store/store.ts';

type About = Pick<Alert, 'kind' | 'fingerprint' | 'createdAt' | 'toAt' | 'seen' | 'jobId'>;

interface EndingOptions {
  readonly store: Store;
  readonly lostAfterMs: Millis;
}

/** How each of these is over by itself; null while it is not. */
export async function whatEnds(
  { store, lostAfterMs }: EndingOptions,
  about: readonly About[],
): Promise<(alert: About) => string | null> {
  const has = (...kinds: readonly Alert['kind'][]): boolean => about.some(({ kind }) => kinds.includes(kind));
  const since = Math.min(...about.map(({ createdAt, toAt }) => Math.min(createdAt, toAt ?? createdAt)));
  const ids = [...new Set(about.flatMap(({ jobId }) => jobId ?? []))];
  const jobs = await store.jobs.byIds(ids);
  const successes = new Map((await store.watch.successes(ids, since)).map((success) => [success.jobId, success]));
  const others: Omit<OverFacts, 'alert' | 'job' | 'success'> = {
    workers: has('worker_lost', 'worker_unhealthy') ? await alive(store, lostAfterMs) : new Map(),
    wells: has('worker_unhealthy') ? await wells(store, since) : new Map(),
    monitors: new Map((has('monitor_down') ? await store.monitors.list() : []).map((one) => [toUuid(one), one.state])),
    webhooks: new Map((has('webhook_off') ? await store.webhooks.list() : []).map((one) => [toUuid(one), one.active])),
  };
  return (alert) =>
    factOver({
      alert,
      job: alert.jobId === null ? null : (jobs.get(alert.jobId) ?? null),
      success: alert.jobId === null ? null : (successes.get(alert.jobId) ?? null),
      ...others,
    });
}

async function alive(store: Store, lostAfterMs: Millis): Promise<ReadonlyMap<string, Instant>> {
  const now = await store.now();
  const reporting = (await store.workers.list()).filter(
    ({ lostAt, beatAt }) => lostAt === null && now - beatAt <= lostAfterMs,
  );
  return new Map(reporting.map(({ name, startedAt }) => [name, startedAt]));
}

async function wells(store: Store, from: Instant): Promise<ReadonlyMap<string, number>> {
  const { items } = await store.events.list({ kinds: ['worker.healthy'], from }, { limit: 500 });
  return new Map(items.toReversed().map(({ id, data }) => [String(data['name']), id]));
}
