/** Computes a demo whole, before any of it is written: jobs, their ledger, runs, events and output. */
import { drawing, type Id } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import { notPaused, type Job } from '../../model/job.ts';
import type { Gap, Occurrence } from '../../model/occurrence.ts';
import type { Schedule } from '../../model/schedule.ts';
import { nextPlanOf } from '../../schedule/occurrences.ts';
import { tzVersion } from '../../schedule/zone.ts';
import type { PastAttempt, PastEvent, PastRun } from '../../store/history-table.ts';
import type { Store } from '../../store/store.ts';
import type { OperationContext } from '../context.ts';
import { definitionOf, withStart } from '../job-input.ts';
import { plannedInstants } from '../match-schedules.ts';
import { validateJob, validateSchedules } from '../validate-job.ts';
import { seededChance, type Chance } from './chance.ts';
import { historyMs, type DemoJob } from './demo-job.ts';
import { jobEvents, outputsOf, rowsOf, type PastOutput } from './past-rows.ts';
import { looksOf, mostRuns, pastOf, type PastFacts } from './past.ts';

/** Another seed, another history. */
const seed = 20_260_101;
const dayMs = 86_400_000;
/** Each job keeps the output of so many of its newest runs, beside that of all that did not go well. */
const newestOutputs = 12;

export interface Filling {
  readonly jobs: readonly { readonly job: Job; readonly schedules: readonly Schedule[]; readonly by: string }[];
  readonly occurrences: readonly Occurrence[];
  readonly gaps: readonly Gap[];
  readonly runs: readonly PastRun[];
  readonly attempts: readonly PastAttempt[];
  /** In the order in which they came to be. */
  readonly events: readonly PastEvent[];
  readonly outputs: readonly PastOutput[];
}

/** @param taken names that living jobs without an owner have already: a demo job of that name gets another */
export async function fillingOf(
  context: OperationContext,
  demos: readonly DemoJob[],
  { now, taken }: { readonly now: Instant; readonly taken: ReadonlySet<string> },
): Promise<Filling> {
  const { store } = context;
  const createdAt = now - historyMs;
  const chance = seededChance(seed);
  const stories: PastFacts[] = [];
  for (const demo of demos) stories.push(await storyOf(context, demo, { now, createdAt, taken }));
  const outage = outageOf(stories, now);
  const told = stories.map((story) => {
    const facts = { ...story, outage };
    return { facts, looks: looksOf(facts) };
  });
  const ids = await store.ids(told.reduce((sum, { looks }) => sum + mostRuns(looks), 0));
  const nextId = drawing(ids);
  return assemble(told, { nextId, chance, now });
}

function assemble(
  told: readonly { readonly facts: PastFacts; readonly looks: ReturnType<typeof looksOf> }[],
  { nextId, chance, now }: { readonly nextId: () => Id; readonly chance: Chance; readonly now: Instant },
): Filling {
  const occurrences: Occurrence[] = [];
  const gaps: Gap[] = [];
  const runs: PastRun[] = [];
  const attempts: PastAttempt[] = [];
  const events: PastEvent[] = [];
  const outputs: PastOutput[] = [];
  const jobs = told.map(({ facts, looks }) => {
    const { job, demo } = facts;
    const past = pastOf(facts, looks, { nextId, chance });
    const rows = rowsOf(job, past.lives);
    occurrences.push(...past.occurrences);
    gaps.push(...past.gaps);
    runs.push(...rows.runs);
    attempts.push(...rows.attempts);
    events.push(...rows.events, ...storyEvents(facts));
    outputs.push(...outputsOf(past.lives, newestOutputs));
    const schedules = facts.schedules.map((schedule) => {
      const planned = { ...schedule, cursorAt: facts.until };
      return { ...planned, ...plannedInstants(planned, job.active) };
    });
    return { job, schedules, by: demo.by };
  });
  return {
    jobs,
    occurrences,
    gaps,
    runs,
    attempts,
    events: events.filter(({ at }) => at <= now).toSorted(byTime),
    outputs,
  };
}

const byTime = (a: PastEvent, b: PastEvent): number => a.at - b.at;

/** The job as it stands at the end, its schedules as they stood at the beginning. */
async function storyOf(
  context: OperationContext,
  demo: DemoJob,
  facts: { readonly now: Instant; readonly createdAt: Instant; readonly taken: ReadonlySet<string> },
): Promise<PastFacts> {
  const { now, createdAt, taken } = facts;
  const name = taken.has(demo.job.name) ? `${demo.job.name} (demo)` : demo.job.name;
  const inputs = demo.job.schedules ?? [];
  const definition = definitionOf({ ...demo.job, name }, null, context);
  validateJob(definition, context);
  validateSchedules(inputs, { now, allowPast: true });
  const [id = 0, ...scheduleIds] = await context.store.ids(1 + inputs.length);
  const pause = pauseOf(demo, now);
  const job: Job = {
    id,
    createdAt,
    updatedAt: pause.pausedAt ?? createdAt,
    ownerId: null,
    version: 1,
    definition,
    active: pause.pausedAt === null,
    ...pause,
    automaticRuns: 0,
    deletedAt: null,
    deletedBy: null,
    demo: true,
    trouble: null,
  };
  const schedules = inputs.map((input, index): Schedule => ({
    id: scheduleIds[index] ?? 0,
    jobId: id,
    createdAt,
    name: input.name ?? null,
    active: true,
    priority: 0,
    // From a full hour: counted from the creation, an instant would fall on the very moment of filling.
    spec: withStart(input.spec, createdAt - (createdAt % 3_600_000)),
    revision: 1,
    cursorAt: createdAt,
    planAt: null,
    nextDueAt: null,
    tzVersion,
  }));
  return { demo, job, schedules, until: pause.pausedAt ?? now, now, outage: { from: now, to: now } };
}

function pauseOf({ pause }: DemoJob, now: Instant): Pick<Job, keyof typeof notPaused> {
  if (pause === undefined) return notPaused;
  const { daysAgo, by, reason, until } = pause;
  const pausedAt = Math.round(now - daysAgo * dayMs);
  return { ...notPaused, pausedAt, pausedBy: by, pausedReason: reason, pausedUntil: until };
}

/** Seventeen days ago the power failed for some hours, in the middle of the slow job's run. */
function outageOf(stories: readonly PastFacts[], now: Instant): PastFacts['outage'] {
  const slow = stories.find(({ job }) => job.definition.name.startsWith('search-index'))?.schedules[0];
  const due = slow === undefined ? null : nextPlanOf(slow.spec, now - 17.5 * dayMs);
  const from = (due ?? now - 17 * dayMs) + 95_000;
  return { from, to: from + 4 * 3_600_000 + 12 * 60_000 };
}

function storyEvents({ job, demo }: PastFacts): PastEvent[] {
  const { pausedAt, pausedReason, pausedUntil } = job;
  return jobEvents(job, [
    { at: job.createdAt, kind: 'job.created', by: demo.by },
    ...(pausedAt === null
      ? []
      : [
          {
            at: pausedAt,
            kind: 'job.paused',
            by: demo.pause?.by ?? demo.by,
            data: { reason: pausedReason, until: pausedUntil },
          },
        ]),
  ]);
}

/** Writes a filling, inside a transaction. Output is written after it. */
export async function writeFilling(
  tables: Parameters<Parameters<Store['transaction']>[0]>[0],
  filling: Filling,
): Promise<void> {
  for (const { job, schedules, by } of filling.jobs) {
    await tables.jobs.insert(job, by);
    if (schedules.length > 0) await tables.schedules.insert(schedules);
  }
  const batch = 2000;
  for (let at = 0; at < filling.occurrences.length; at += batch)
    await tables.ledger.insert(filling.occurrences.slice(at, at + batch));
  await tables.ledger.insertGaps(filling.gaps);
  await tables.history.insert(filling);
}
