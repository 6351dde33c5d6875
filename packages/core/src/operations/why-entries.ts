/** What became of instants, for people: each entry of the ledger with its reason in whole sentences. */
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { LedgerEntry, Occurrence, SkipReason } from '../model/occurrence.ts';
import type { ReasonFacts } from '../model/reason-text.ts';
import type { Run } from '../model/run.ts';
import { scriptsOf } from '../model/script-approval.ts';
import type { ActiveWindow, Schedule } from '../model/schedule.ts';
import { closureAt } from '../schedule/filters.ts';
import { spokenDuration } from '../schedule/spoken.ts';
import type { Store } from '../store/store.ts';
import { closureFacts, explain, shortName, told, type Explanation } from './explanation.ts';

const instantOf = (entry: LedgerEntry): Instant => (entry.kind === 'gap' ? entry.fromAt : entry.dueAt);

/** In the order of the entries. */
export async function explainEntries(
  store: Store,
  job: Job,
  entries: readonly LedgerEntry[],
): Promise<readonly Explanation[]> {
  const schedules = new Map((await store.schedules.ofJob(job.id)).map((schedule) => [schedule.id, schedule]));
  const runs = await runsOf(store, entries);
  const pauses = new Map<Instant, ReasonFacts>();
  const explained: Explanation[] = [];
  for (const entry of entries) {
    const schedule = schedules.get(entry.scheduleId) ?? null;
    const at = instantOf(entry);
    if (entry.reason === 'paused' && !pauses.has(at))
      pauses.set(at, await pauseAt(store, job, { at, decidedAt: entry.decidedAt }, schedule));
    explained.push(
      entry.reason === null
        ? ranOf(entry, runs)
        : skippedOf(entry, entry.reason, { job, schedule, runs, pause: pauses.get(at) ?? {} }),
    );
  }
  return explained;
}

interface SkippedFacts {
  readonly job: Job;
  readonly schedule: Schedule | null;
  readonly runs: ReadonlyMap<Id, Run>;
  readonly pause: ReasonFacts;
}

function skippedOf(entry: LedgerEntry, reason: SkipReason, { job, schedule, runs, pause }: SkippedFacts): Explanation {
  const zone = schedule?.spec.timezone ?? 'UTC';
  const cause = entry.kind === 'gap' ? null : (runs.get(entry.causeRunId ?? -1) ?? null);
  const known = factsOf[reason]?.({ entry, at: instantOf(entry), job, schedule, zone, cause });
  const facts = { ...known, ...(reason === 'paused' ? pause : {}) };
  const explained = explain(reason, 'skipped', facts, causeLinks(entry));
  return entry.kind === 'gap' ? { ...explained, sentence: counted(entry.count, explained.sentence) } : explained;
}

function counted(count: number, sentence: string): string {
  return `${count === 1 ? '1 instant' : `${new Intl.NumberFormat('en').format(count)} instants`}: ${sentence}`;
}

/** The runs that entries name, made or in the way. Those that retention took are absent. */
async function runsOf(store: Store, entries: readonly LedgerEntry[]): Promise<ReadonlyMap<Id, Run>> {
  const named = new Map<Id, Instant>();
  for (const entry of entries) {
    if (entry.kind === 'gap') continue;
    const { runId, runCreatedAt, causeRunId, causeCreatedAt } = entry;
    if (runId !== null && runCreatedAt !== null) named.set(runId, runCreatedAt);
    if (causeRunId !== null && causeCreatedAt !== null) named.set(causeRunId, causeCreatedAt);
  }
  const found = await store.runs.some([...named].map(([id, createdAt]) => ({ id, createdAt })));
  return new Map(found.map((run) => [run.id, run]));
}

const ends: Readonly<Record<Run['state'], string>> = {
  queued: 'its run waits.',
  starting: 'its run starts.',
  running: 'its run is at work.',
  succeeded: 'its run succeeded.',
  failed: 'its run failed.',
  timed_out: 'its run ran out of time.',
  cancelled: 'its run was cancelled.',
  lost: 'its run was lost.',
};

function ranOf({ runId, runCreatedAt }: Occurrence, runs: ReadonlyMap<Id, Run>): Explanation {
  const run = runId === null ? null : (runs.get(runId) ?? null);
  const links =
    runId === null || runCreatedAt === null || run === null
      ? []
      : [{ kind: 'run' as const, of: { id: runId, createdAt: runCreatedAt }, text: 'Open the run' }];
  return explain('ran', 'told', { what: run === null ? null : ends[run.state], state: run?.state ?? null }, links);
}

function causeLinks(entry: LedgerEntry) {
  if (entry.kind === 'gap' || entry.causeRunId === null || entry.causeCreatedAt === null) return [];
  const of = { id: entry.causeRunId, createdAt: entry.causeCreatedAt };
  const text = entry.reason === 'coalesced' ? 'The run it was folded into' : 'The run in the way';
  return [{ kind: 'run' as const, of, text }];
}

interface Skipped {
  readonly entry: LedgerEntry;
  readonly at: Instant;
  readonly job: Job;
  readonly schedule: Schedule | null;
  readonly zone: string;
  /** The run that stood in the way, or that it was folded into. */
  readonly cause: Run | null;
}

const causeFacts = ({ cause, zone }: Skipped): ReasonFacts => ({
  run: shortName(cause),
  due: told(cause?.dueAt ?? cause?.createdAt, zone),
});

/** What stood in the way was not always a run that took long: one may have been of the past, or dead already. */
function overlapFacts(skipped: Skipped): ReasonFacts {
  const { cause, entry } = skipped;
  const wasDead = cause?.state === 'lost' && (cause.endedAt ?? 0) >= entry.decidedAt;
  return {
    ...causeFacts(skipped),
    unsettled: wasDead ? shortName(cause) : null,
    catching_up: cause?.trigger === 'catch_up' ? shortName(cause) : null,
  };
}

/** How late it was noticed; of many the first. */
function lateness({ entry, at }: Skipped): string {
  const late = spokenDuration(entry.decidedAt - at);
  return entry.kind === 'gap' && entry.count > 1 ? `up to ${late}` : late;
}

/** Folded by the policy of catch-up, unless it was on time: then two schedules named the same instant. */
function foldedFacts(skipped: Skipped): ReasonFacts {
  const { entry, cause } = skipped;
  const facts = causeFacts(skipped);
  if (entry.kind === 'gap') return { ...facts, late: lateness(skipped), newer: 'the newest of them' };
  if (cause !== null && cause.trigger !== 'catch_up') return facts;
  const newer = cause === null ? 'a newer instant' : `the catch-up run due ${facts['due']}`;
  return { ...facts, late: lateness(skipped), newer: entry.causeRunId !== null && cause === null ? null : newer };
}

/** What keeps catch-up from running this one, in words; null where the policy says it all. */
function limitOf({ entry, at, job: { definition } }: Skipped): string | null {
  const { policy, windowSeconds, max } = definition.catchUp;
  if (policy === 'none' || policy === 'manual') return null;
  if (entry.decidedAt - at > windowSeconds * 1000)
    return `and reaches back ${spokenDuration(windowSeconds * 1000)} at most`;
  return policy === 'all' ? `at most ${max} runs` : null;
}

function closing({ entry, at, schedule, zone }: Skipped): ReasonFacts {
  const closure = schedule === null ? null : closureAt(schedule.spec, at);
  // Its calendar may have been changed since.
  return closure?.reason === entry.reason ? closureFacts(closure, zone) : {};
}

/** What the sentence of a reason asks for; of those that are not here nothing is known yet. */
const factsOf: Partial<Readonly<Record<SkipReason, (skipped: Skipped) => ReasonFacts>>> = {
  overlap: overlapFacts,
  coalesced: foldedFacts,
  misfire: (skipped) => ({
    late: lateness(skipped),
    policy: skipped.job.definition.catchUp.policy,
    limit: limitOf(skipped),
  }),
  blackout: closing,
  holiday: closing,
  active_hours: ({ schedule }) => ({ hours: hoursOf(schedule?.spec.activeHours ?? []) }),
  not_approved: ({ job }) => scriptFacts(job.definition),
  dst_gap: ({ zone }) => ({ zone }),
  clock: ({ entry, zone }) =>
    entry.kind === 'gap' ? { from: told(entry.fromAt, zone), to: told(entry.toAt, zone) } : {},
};

/** Its script by name, unless it has several: which of them it was is not kept. */
export function scriptFacts(definition: Job['definition']): ReasonFacts {
  const paths = scriptsOf(definition);
  return { script: paths.length === 1 ? paths[0] : null };
}

export function hoursOf(windows: readonly ActiveWindow[]): string | null {
  return windows.length === 0 ? null : windows.map(({ from, to }) => `${from} to ${to}`).join(', ');
}

/**
 * Who paused the job when an instant was dropped, as the event of it tells. The first instants of a pause may be due a moment before
 * it: they came while it was being written.
 */
async function pauseAt(
  store: Store,
  job: Job,
  { at, decidedAt }: { readonly at: Instant; readonly decidedAt: Instant },
  schedule: Schedule | null,
): Promise<ReasonFacts> {
  const filter = { kinds: ['job.paused', 'job.resumed'], jobId: job.id, to: decidedAt + 1 };
  const { items } = await store.events.list(filter, { limit: 20 });
  const newest = items.findIndex(({ kind }) => kind === 'job.paused');
  if (newest === -1) return {};
  const begun = items.findIndex(({ kind }, place) => place > newest && kind === 'job.resumed');
  const words = items.slice(newest, begun === -1 ? undefined : begun);
  const pause = words.find((event) => event.at <= at) ?? words.at(-1);
  if (pause === undefined) return {};
  const note = typeof pause.data['reason'] === 'string' ? pause.data['reason'] : null;
  return { by: pause.actor, at: told(pause.at, schedule?.spec.timezone ?? 'UTC'), note };
}
