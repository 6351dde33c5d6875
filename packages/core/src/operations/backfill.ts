/** Runs for instants that have passed: counted first, made at a rate, and never in the ledger, whose rows stay as they are. */
import { invalidField } from '../errors.ts';
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Schedule } from '../model/schedule.ts';
import { defaultSettings } from '../model/settings.ts';
import { defaultBreaker } from '../model/trouble.ts';
import { defaultParameters } from '../policy/plan.ts';
import { slotsOf } from '../policy/overlap.ts';
import type { FilterReason } from '../schedule/filters.ts';
import { countOf, iterate } from '../schedule/occurrences.ts';
import type { NewRun, RunTally } from '../store/run-table.ts';
import type { Tables } from '../store/store.ts';
import type { Actor, OperationContext } from './context.ts';
import { passGates, tellingRefusals } from './gates.ts';
import { audited, note, noteNothing } from './audited.ts';
import { jobSubject } from './job-facts.ts';
import { jobEvent } from './job-event.ts';
import { livingJob } from './jobs.ts';
import { newRunOf } from '../flow/new-run.ts';
import { answerOnce, type Once } from './once.ts';
import { additionsOf, checkQuota } from './quotas.ts';

export interface BackfillRequest {
  /** The first and the last instant of the span, both of which belong to it. */
  readonly from: Instant;
  readonly to: Instant;
  /** Of this schedule only; of all that are active when absent. */
  readonly scheduleId?: Id | undefined;
  /** Default `oldest`. */
  readonly order?: 'oldest' | 'newest' | undefined;
  /** Starts a second; the drain rate (10) when absent. */
  readonly rate?: number | undefined;
  /** Only count. */
  readonly dryRun?: boolean | undefined;
  /** Also instants that had a run that succeeded. */
  readonly again?: boolean | undefined;
}

export interface Backfill {
  /** How many runs were made, or would be. */
  readonly count: number;
  /** When they were made, which names them together; null when they were only counted. */
  readonly createdAt: Instant | null;
  readonly firstDueAt: Instant | null;
  readonly lastDueAt: Instant | null;
  /** When the last of them may start. */
  readonly lastAvailableAt: Instant | null;
  /** Instants left out: a run of theirs waits, lives or succeeded. */
  readonly already: number;
  /** Instants that a filter of the schedule holds back, by reason. */
  readonly refused: Readonly<Partial<Record<FilterReason, number>>>;
}

export interface BackfillOperations {
  /**
   * Makes a run for each instant of the span that has none waiting, alive or succeeded.
   * @throws `not_found`, `invalid` for a span that is empty, ahead or too full; `job_inactive`, `trigger_refused`
   */
  backfill(jobId: Id, request: BackfillRequest, actor: Actor, once?: Once): Promise<Backfill>;
  /** How far it is: runs by state. @throws `not_found` */
  backfillProgress(jobId: Id, createdAt: Instant | null): Promise<RunTally>;
  /** Cancels those that wait; of all backfills of the job when `createdAt` is null. @returns how many */
  cancelBackfill(jobId: Id, createdAt: Instant | null, actor: Actor): Promise<number>;
}

/** Runs made by one request. */
const mostBackfilled = 1000;
/** Instants looked at for one request, those that are left out included. */
const mostWalked = 50_000;

interface Named {
  readonly schedule: Schedule;
  readonly dueAt: Instant;
}

function tooMany(count: number): Error {
  const format = (number: number): string => new Intl.NumberFormat('en').format(number);
  const told = count > mostWalked ? `more than ${format(mostWalked)}` : format(count);
  const most = format(mostBackfilled);
  return invalidField(
    'to',
    `the span holds ${told} instants; at most ${most} are run at once, so choose a shorter one`,
  );
}

/** Instants of the span that filters let through, each once: as in planning the schedule of higher priority has it. */
function namedIn(schedules: readonly Schedule[], { from, to }: BackfillRequest) {
  const named = new Map<Instant, Named>();
  const refused = new Map<FilterReason, number>();
  const ordered = schedules.toSorted((a, b) => b.priority - a.priority || a.id - b.id);
  const span = { after: from - 1, until: to, limit: mostWalked + 1 };
  const total = ordered.reduce((sum, { spec }) => sum + countOf(spec, span), 0);
  if (total > mostWalked) throw tooMany(total);
  for (const schedule of ordered)
    for (const { at, dropped } of iterate(schedule.spec, from - 1)) {
      if (at > to) break;
      if (dropped !== null) refused.set(dropped, (refused.get(dropped) ?? 0) + 1);
      else if (!named.has(at)) named.set(at, { schedule, dueAt: at });
    }
  return { named: [...named.values()].toSorted((a, b) => a.dueAt - b.dueAt), refused: Object.fromEntries(refused) };
}

function answerOf(runs: readonly NewRun[]): Omit<Backfill, 'already' | 'refused'> {
  const dues = runs.flatMap(({ dueAt }) => dueAt ?? []).toSorted((a, b) => a - b);
  return {
    count: runs.length,
    createdAt: null,
    firstDueAt: dues[0] ?? null,
    lastDueAt: dues.at(-1) ?? null,
    lastAvailableAt: runs.at(-1)?.availableAt ?? null,
  };
}

export function backfillOperations({
  store,
  pace = defaultSettings,
  breaker = defaultBreaker,
  look,
  quotas,
}: OperationContext): BackfillOperations {
  async function chosenOf(tables: Tables, job: Job, request: BackfillRequest) {
    const { scheduleId, again = false } = request;
    const all = (await tables.schedules.ofJob(job.id)).filter(({ active }) => active);
    const schedules = scheduleId === undefined ? all : all.filter(({ id }) => id === scheduleId);
    if (schedules.length === 0)
      throw invalidField(
        scheduleId === undefined ? 'from' : 'schedule_id',
        scheduleId === undefined ? 'the job has no active schedule that names instants' : 'is no active schedule of it',
      );
    const { named, refused } = namedIn(schedules, request);
    const runs = await tables.runs.dueIn(job.id, request);
    const taken = new Set(
      runs.filter(({ state }) => state === null || (state === 'succeeded' && !again)).map(({ dueAt }) => dueAt),
    );
    const open = named.filter(({ dueAt }) => !taken.has(dueAt));
    if (open.length > mostBackfilled) throw tooMany(open.length);
    const ordered = request.order === 'newest' ? open.toReversed() : open;
    return { ordered, already: named.length - open.length, refused };
  }

  async function carryOut(
    tables: Tables,
    job: Job,
    request: BackfillRequest,
    { ids, actor }: { readonly ids: readonly Id[]; readonly actor: Actor },
  ): Promise<Backfill> {
    const now = await tables.now();
    await passGates(tables, job, { trigger: 'backfill', now, breaker, look });
    const { ordered, already, refused } = await chosenOf(tables, job, request);
    const apart = 1000 / (request.rate ?? pace.drainRate);
    const runs = ordered.map(({ schedule, dueAt }, nth): NewRun =>
      newRunOf(job, {
        id: ids[nth] ?? 0,
        now,
        trigger: 'backfill',
        requestedBy: actor.name,
        scheduleId: schedule.id,
        dueAt,
        slots: slotsOf(job.definition),
        parameters: defaultParameters(job.definition),
        availableAt: now + Math.ceil(nth * apart),
        reason: nth === 0 ? null : 'rate_limit',
      }),
    );
    const counted = { ...answerOf(runs), already, refused };
    if (request.dryRun === true || runs.length === 0) {
      noteNothing(tables);
      return counted;
    }
    await checkQuota(tables, additionsOf(job, { waiting_runs: runs.length }), { quotas, actor });
    await tables.runs.insert(runs);
    const data = { count: runs.length, from: request.from, to: request.to, order: request.order ?? 'oldest' };
    await tables.events.append([jobEvent('backfill.started', job, actor, data)]);
    await note(tables, actor, { action: 'backfill.started', subject: jobSubject(job), after: data });
    return { ...counted, createdAt: now };
  }

  return {
    backfill: (jobId, request, actor, once) =>
      tellingRefusals(store, { jobId, trigger: 'backfill', actor }, () =>
        answerOnce(store, once, async (transaction) => {
          if (request.to < request.from) throw invalidField('to', 'must not be before from');
          if (request.to > (await store.now()))
            throw invalidField('to', 'lies ahead; a backfill is of instants that have come');
          const ids = request.dryRun === true ? [] : await store.ids(mostBackfilled);
          const made = await transaction(async (tables) => {
            await tables.jobs.lock([jobId]);
            return carryOut(tables, await livingJob(tables, jobId), request, { ids, actor });
          });
          if (made.createdAt !== null) for (const bell of ['queue', 'change'] as const) store.bell.ring(bell);
          return made;
        }),
      ),

    async backfillProgress(jobId, createdAt) {
      await livingJob(store, jobId);
      return store.runs.tally(jobId, { trigger: 'backfill', createdAt });
    },

    async cancelBackfill(jobId, createdAt, actor) {
      const ended = await audited(store, async (tables) => {
        const job = await livingJob(tables, jobId);
        const waiting = (await tables.runs.live([jobId])).filter(
          (run) =>
            run.trigger === 'backfill' && run.state === 'queued' && run.createdAt === (createdAt ?? run.createdAt),
        );
        const end = { state: 'cancelled', reason: 'cancel_requested', by: actor.name } as const;
        const after = { count: waiting.length };
        await note(tables, actor, { action: 'backfill.cancelled', subject: jobSubject(job), after });
        return tables.runs.endWaiting(
          waiting.map(({ id }) => id),
          end,
        );
      });
      store.bell.ring('change');
      return ended.length;
    },
  };
}
