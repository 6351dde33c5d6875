import type { Worker } from 'job-trigger-contract';

/** One thing that may be asked of a worker. */
export interface WorkerAct {
  readonly name: 'drain' | 'pause' | 'resume' | 'remove';
  readonly verb: string;
  /** What is told afterwards, behind its name. */
  readonly done: string;
  /** What comes of it, asked before; null for what needs no question. */
  readonly comesOfIt: string | null;
}

function finishes({ slots_used: count }: Pick<Worker, 'slots_used'>): string {
  return count === 0
    ? 'It carries nothing out now.'
    : `The ${count === 1 ? 'run' : `${count} runs`} in its hands may finish.`;
}

/** Pure: what may be asked of a worker in its state. */
export function actsFor(worker: Pick<Worker, 'state' | 'slots_used' | 'paused_at'>): readonly WorkerAct[] {
  const resume: WorkerAct = { name: 'resume', verb: 'Resume', done: 'takes runs again', comesOfIt: null };
  const remove: WorkerAct = {
    name: 'remove',
    verb: 'Remove',
    done: 'was taken from the list',
    comesOfIt: 'It is gone from the list. Its runs keep its name, and a worker of this name may come again.',
  };
  if (worker.state === 'offline') return worker.paused_at === null ? [remove] : [resume, remove];
  if (worker.state === 'draining' || worker.state === 'paused') return [resume];
  return [
    {
      name: 'drain',
      verb: 'Drain',
      done: 'drains',
      comesOfIt: `It takes nothing more. ${finishes(worker)} What it has not begun goes back to the queue. When its process is started again, it takes runs again.`,
    },
    {
      name: 'pause',
      verb: 'Pause',
      done: 'is paused',
      comesOfIt: `It takes nothing more until it is resumed, also after a restart. ${finishes(worker)} What it has not begun goes back to the queue.`,
    },
  ];
}
