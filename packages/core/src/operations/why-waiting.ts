/** Why runs wait: by the same facts that the worker's claim sees. */
import { toUuid, type Id, type Reference } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { ReasonFacts } from '../model/reasons.ts';
import type { Run } from '../model/run.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { slotsOf } from '../policy/overlap.ts';
import { serves, waitingReason } from '../policy/waiting.ts';
import { closureName } from '../schedule/closure-words.ts';
import { closureAt } from '../schedule/filters.ts';
import { spoken } from '../schedule/spoken.ts';
import type { LiveRun } from '../store/run-table.ts';
import type { Store } from '../store/store.ts';
import { explain, spokenDuration, type Explanation, type ExplanationLink } from './explanation.ts';

export interface WaitingOptions {
  /** A worker silent for longer takes no runs. */
  readonly lostAfterMs: Millis;
  readonly drainRate: number;
}

/** Runs whose place in the line is told; of more it would be a count each. */
const mostPlaced = 20;

/** By run, for those of `runs` that wait. */
export async function explainWaiting(
  store: Store,
  runs: readonly Run[],
  { lostAfterMs, drainRate }: WaitingOptions,
): Promise<ReadonlyMap<Id, Explanation>> {
  const waiting = runs.filter(({ state }) => state === 'queued');
  if (waiting.length === 0) return new Map();
  const now = await store.now();
  const known = await store.workers.list();
  const workers = known.filter((row) => row.lostAt === null && !row.draining && now - row.beatAt <= lostAfterMs);
  const lastBeat = known.reduce<Instant | null>((last, { beatAt }) => Math.max(last ?? 0, beatAt), null);
  const jobIds = [...new Set(waiting.map((run) => run.jobId))];
  const live = (await store.runs.live(jobIds)).filter((run) => run.state !== 'queued');
  const jobs = await store.jobs.byIds(jobIds);
  const schedules = new Map((await store.schedules.ofJobs(jobIds)).map((schedule) => [schedule.id, schedule]));
  const told = new Map<Id, Explanation>();
  for (const run of waiting) {
    const definition = jobs.get(run.jobId)?.definition;
    const spec = run.scheduleId === null ? undefined : schedules.get(run.scheduleId)?.spec;
    const zone = spec?.timezone ?? 'UTC';
    const ofJob = live.filter(({ jobId }) => jobId === run.jobId);
    const workerLabels = definition?.workerLabels ?? [];
    const slots = definition === undefined ? null : slotsOf(definition);
    const code = waitingReason({ run: { ...run, workerLabels }, now, workers, liveOfJob: ofJob.length, slots });
    const at = run.availableAt === null ? null : spoken(run.availableAt, zone);
    const delay = run.availableAt === null ? null : spokenDuration(run.availableAt - now);
    const facts: ReasonFacts = {
      at,
      delay,
      until: at,
      attempt: run.attempt + 1,
      queue: run.queue,
      limit: code === 'rate_limit' ? (run.trigger === 'catch_up' ? drainRate * 60 : null) : slots,
      used: ofJob.length,
      runs: ofJob.map(shortName).join(', '),
      since: code === 'worker_offline' && lastBeat !== null ? spoken(lastBeat, zone) : null,
      missing: missingOf(run.queue, workerLabels, workers),
      spread: spec?.jitterSeconds === undefined ? null : spokenDuration(spec.jitterSeconds * 1000),
      ...(code === 'blackout' || code === 'holiday' ? closureFacts(spec, run, now) : {}),
      ...(code === 'overlap' ? blockerFacts(ofJob[0], zone) : {}),
      ...(code === 'next_in_line' && waiting.length <= mostPlaced ? await placeOf(store, run) : {}),
    };
    const inTheWay = code === 'overlap' || code === 'concurrency_job' ? ofJob : [];
    told.set(run.id, explain(code, 'waiting', facts, inTheWay.map(linkTo)));
  }
  return told;
}

const shortName = (run: Reference): string => toUuid(run).slice(-8);

const linkTo = (run: Reference): ExplanationLink => ({ kind: 'run', of: run, text: `Run ${shortName(run)}` });

function blockerFacts(blocker: LiveRun | undefined, zone: string): ReasonFacts {
  return blocker === undefined ? {} : { run: shortName(blocker), since: spoken(blocker.createdAt, zone) };
}

/** Which blackout or holiday it waits out: the one at its instant, else the one that closes the present. */
function closureFacts(spec: ScheduleSpec | undefined, { dueAt }: Run, now: Instant): ReasonFacts {
  if (spec === undefined) return {};
  const closure = (dueAt === null ? null : closureAt(spec, dueAt)) ?? closureAt(spec, now);
  return { name: closure === null ? null : closureName(closure) };
}

function missingOf(
  queue: string,
  labels: readonly string[],
  workers: readonly { readonly queues: readonly string[]; readonly labels: readonly string[] }[],
): string | null {
  const serving = workers.filter((worker) => serves(worker, { queue, workerLabels: [] }));
  if (serving.length === 0) return `the queue ${queue}`;
  const missing = labels.filter((label) => !serving.some((worker) => worker.labels.includes(label)));
  return `the label${(missing.length || labels.length) === 1 ? '' : 's'} ${(missing.length === 0 ? labels : missing).join(', ')}`;
}

async function placeOf(store: Store, { id }: Run): Promise<ReasonFacts> {
  const place = await store.runs.ahead(id);
  return place === null ? {} : { position: place.ahead + 1, length: place.length };
}
