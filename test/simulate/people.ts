/** What people ask of a world while it is broken. Refusals are answers; what is acknowledged is remembered. */
import type { Actor } from '../../packages/core/src/operations/context.ts';
import type { Operations } from '../../packages/core/src/operations/operations.ts';
import type { Store } from '../../packages/core/src/store/store.ts';
import { toUuid } from '../../packages/core/src/model/id.ts';
import type { Trigger } from '../chaos/history.ts';
import type { Wish } from './plan.ts';
import { isRefusal, type MadeJob, type World } from './world.ts';

const somebody: Actor = { personId: null, name: 'mei', via: 'library' };
const triesMs = 1000;

interface Desk {
  readonly operations: Operations;
  readonly store: Store;
}

async function fulfil({ operations, store }: Desk, { kind, at }: Wish, { job }: MadeJob): Promise<string | null> {
  if (kind === 'pause') await operations.jobs.pause(job.id, somebody);
  if (kind === 'resume') await operations.jobs.resume(job.id, somebody);
  if (kind === 'edit') await operations.jobs.change(job.id, { timeoutSeconds: 9 }, somebody, null);
  if (kind === 'run') {
    const reference = await operations.runs.start(job.id, { note: `wish at ${at}`, allowInactive: true }, somebody);
    return toUuid(reference);
  }
  if (kind === 'cancel') {
    const [live] = await store.runs.live([job.id]);
    if (live !== undefined) await operations.runs.cancel(live, somebody);
  }
  return null;
}

/** Each wish of the plan at its time, from one portal that nobody kills. */
export async function serve(world: World, triggers: Trigger[]): Promise<void> {
  const { operations, store, process } = await world.portal();
  for (const wish of world.plan.wishes) {
    const made = world.jobs[wish.job];
    if (made === undefined) continue;
    process.deliver(wish.at, () => {
      const note = `wish at ${wish.at}`;
      const asked = { note, jobId: toUuid(made.job), at: process.clock.wall() };
      void fulfil({ operations, store }, wish, made).then(
        (runId) => {
          world.trace.event('people', wish.kind, 'granted');
          if (wish.kind === 'run') triggers.push({ ...asked, runId });
        },
        (error: unknown) => {
          world.trace.event('people', wish.kind, String(error));
          if (!isRefusal(error)) world.record.faults.push(`a person's ${wish.kind} failed: ${String(error)}`);
          if (wish.kind === 'run') triggers.push({ ...asked, runId: null });
        },
      );
    });
  }
}

/** Pauses every job, so that the ledger is closed. Resolves with the database's time of each pause, by job. */
export async function closeLedger(world: World): Promise<ReadonlyMap<number, number>> {
  const { operations, process } = await world.portal();
  const until = new Map<number, number>();
  for (const { job } of world.jobs) {
    for (;;) {
      try {
        await operations.jobs.pause(job.id, somebody);
        break;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        // Of a pause that is under way the ledger says nothing before its end.
        if ((error as { code?: string }).code === 'already_paused') await operations.jobs.resume(job.id, somebody);
        await new Promise<void>((resolve) => void process.clock.after(triesMs, resolve));
      }
    }
    until.set(job.id, world.centre.wall());
  }
  return until;
}
