/** What a person asks of the workers: to come to an end, to take nothing for a while, to be forgotten. */
import { JobTriggerError } from '../errors.ts';
import type { Id } from '../model/id.ts';
import type { Worker } from '../model/worker.ts';
import type { Tables } from '../store/store.ts';
import type { Actor, OperationContext } from './context.ts';
import { audited, note, noteNothing, subjectOf } from './audited.ts';
import { notFound } from './jobs.ts';

export interface WorkerOperations {
  /**
   * Claims no more, what it has not begun goes back, what runs may finish. It stays registered until its process ends,
   * and a new process of its name takes runs again. @throws `not_found`, `worker_gone`
   */
  drain(id: Id, actor: Actor): Promise<Worker>;
  /** As {@link drain}, and a new process of its name takes nothing either, until it is resumed. @throws `not_found` */
  pause(id: Id, actor: Actor): Promise<Worker>;
  /** Takes runs again, whether it drained or was paused. @throws `not_found`, `worker_gone` for one that drained */
  resume(id: Id, actor: Actor): Promise<Worker>;
  /** Takes one that is gone from the list; its runs keep its name. @throws `not_found`, `worker_alive` */
  remove(id: Id, actor: Actor): Promise<void>;
}

type WorkerAct = 'worker.drained' | 'worker.paused' | 'worker.resumed';

export function workerOperations({ store }: OperationContext): WorkerOperations {
  async function found({ workers }: Pick<Tables, 'workers'>, id: Id): Promise<Worker> {
    const worker = await workers.get(id);
    if (worker === null) throw notFound('worker');
    return worker;
  }

  /** One transaction: what is not begun is back in the queue when the answer comes. */
  async function change(
    id: Id,
    actor: Actor,
    { kind, work }: { readonly kind: WorkerAct; readonly work: (tables: Tables, worker: Worker) => Promise<boolean> },
  ): Promise<Worker> {
    const changed = await audited(store, async (tables) => {
      const worker = await found(tables, id);
      if (await work(tables, worker)) {
        await tables.events.append([workerEvent(kind, worker, actor)]);
        await note(tables, actor, { action: kind, subject: subjectOf('worker', worker) });
      } else noteNothing(tables);
      return found(tables, id);
    });
    store.bell.ring('queue');
    store.bell.ring('change');
    return changed;
  }

  const giveBack = ({ dispatch }: Tables, { id: workerId, incarnation }: Worker) =>
    dispatch.release({ workerId, incarnation });

  return {
    drain: (id, actor) =>
      change(id, actor, {
        kind: 'worker.drained',
        async work(tables, worker) {
          if (worker.lostAt !== null)
            throw new JobTriggerError('worker_gone', `${worker.name} is not running: there is nothing to drain.`);
          await giveBack(tables, worker);
          return !worker.draining && tables.workers.setDraining(id, true);
        },
      }),
    pause: (id, actor) =>
      change(id, actor, {
        kind: 'worker.paused',
        async work(tables, worker) {
          await giveBack(tables, worker);
          return tables.workers.setPaused(id, true);
        },
      }),
    resume: (id, actor) =>
      change(id, actor, {
        kind: 'worker.resumed',
        async work(tables, worker) {
          const wasPaused = await tables.workers.setPaused(id, false);
          if (worker.draining && worker.lostAt === null) await tables.workers.setDraining(id, false);
          return wasPaused || worker.draining;
        },
      }),
    async remove(id, actor) {
      await audited(store, async (tables) => {
        const worker = await found(tables, id);
        if (!(await tables.workers.remove(id)))
          throw new JobTriggerError(
            'worker_alive',
            `${worker.name} is running, or has not been silent for long enough. Stop it first.`,
          );
        await tables.events.append([workerEvent('worker.removed', worker, actor)]);
        await note(tables, actor, { action: 'worker.removed', subject: subjectOf('worker', worker) });
      });
      store.bell.ring('change');
    },
  };
}

function workerEvent(kind: string, { name }: Worker, actor: Actor) {
  return { kind, actor: actor.name, data: { name, via: actor.via } };
}
