/** Why one run exists, and why it is as it is: what it waits for, or how it ended. */
import { type ReasonFacts } from '../model/reason-text.ts';
import { endReasons } from '../model/reasons.ts';
import { isFinal, type Run } from '../model/run.ts';
import { startDeadlineOf } from '../policy/deadline.ts';
import { whyItRan } from '../policy/why.ts';
import { describe } from '../schedule/describe.ts';
import { spokenDuration } from '../schedule/spoken.ts';
import type { Store } from '../store/store.ts';
import { explain, shortName, told, type Explanation, type ExplanationLink } from './explanation.ts';
import { scriptFacts } from './why-entries.ts';
import { explainWaiting, type WaitingOptions } from './why-waiting.ts';

export interface RunExplained {
  readonly ran: Explanation;
  /** Why it waits, or how it ended otherwise than by its own result. */
  readonly state: Explanation | null;
}

export async function explainRun(store: Store, run: Run, options: WaitingOptions): Promise<RunExplained> {
  const schedule = run.scheduleId === null ? null : await store.schedules.get(run.scheduleId);
  const zone = schedule?.spec.timezone ?? 'UTC';
  const ran = originOf(run, schedule === null ? null : (schedule.name ?? describe(schedule.spec)), zone);
  if (run.state === 'queued') return { ran, state: (await explainWaiting(store, [run], options)).get(run.id) ?? null };
  return { ran, state: isFinal(run.state) ? await endOf(store, run, zone) : null };
}

async function endOf(store: Store, run: Run, zone: string): Promise<Explanation | null> {
  const reason = endReasons.find((known) => known === run.reason);
  if (reason === undefined) return null;
  const newer = reason === 'superseded' || reason === 'replaced' ? await newerOf(store, run) : null;
  const links: ExplanationLink[] = newer === null ? [] : [{ kind: 'run', of: newer, text: `Run ${shortName(newer)}` }];
  return explain(reason, 'ended', await endFacts(store, run, newer, zone), links);
}

function originOf(run: Run, schedule: string | null, zone: string): Explanation {
  const due = told(run.dueAt, zone);
  const links: ExplanationLink[] =
    run.causeRunId === null || run.causeCreatedAt === null
      ? []
      : [{ kind: 'run', of: { id: run.causeRunId, createdAt: run.causeCreatedAt }, text: 'The run behind it' }];
  const sentence = whyItRan({ ...run, schedule, due });
  const facts = { schedule, due, by: run.requestedBy, version: run.jobVersion };
  const known = Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== null));
  return { code: run.trigger, sentence, facts: known, links, action: null };
}

/** A run that took another's place was made in the transaction that ended it, or that asked it to end. */
async function newerOf(store: Store, run: Run): Promise<Run | null> {
  const ended = run.cancelRequestedAt ?? run.endedAt;
  if (ended === null) return null;
  const span = { jobId: run.jobId, from: ended - 5000, to: ended + 1000 };
  const { items } = await store.runs.list(span, { limit: 50 });
  const younger = items.filter(({ id, trigger }) => id > run.id && trigger !== 'backfill');
  return younger.at(-1) ?? null;
}

async function endFacts(store: Store, run: Run, newer: Run | null, zone: string): Promise<ReasonFacts> {
  const definition = await store.jobs.version(run.jobId, run.jobVersion);
  const deadline = definition === null ? null : startDeadlineOf({ ...run, attempt: 1 }, definition);
  return {
    by: run.cancelBy,
    run: shortName(newer),
    worker: run.workerName,
    at: told(run.endedAt, zone),
    deadline: told(deadline, zone),
    ...(definition === null ? {} : scriptFacts(definition)),
    message: run.failure?.message ?? null,
    late: overdueOf(run, definition?.timeoutSeconds ?? null),
  };
}

function overdueOf({ startedAt, endedAt }: Run, timeoutSeconds: number | null): string | null {
  if (timeoutSeconds === null || startedAt === null || endedAt === null) return null;
  const overdue = endedAt - startedAt - timeoutSeconds * 1000;
  return overdue > 0 ? spokenDuration(overdue) : null;
}
