import type { BulkResult } from 'job-trigger-contract';

export type Act = 'pause' | 'resume' | 'run' | 'delete' | 'restore' | 'cancel' | 'retry';

interface Words {
  readonly button: string;
  readonly done: string;
  /** What is asked before, when there is something to lose or to set off. */
  readonly asks: string | null;
  /** What takes it back. */
  readonly undo: Act | null;
}

/** Acts as a person says them: one total table. */
export const actWords: Readonly<Record<Act, Words>> = {
  pause: { button: 'Pause', done: 'paused', asks: null, undo: 'resume' },
  resume: { button: 'Resume', done: 'resumed', asks: null, undo: 'pause' },
  run: {
    button: 'Run now',
    done: 'started',
    asks: 'Each starts one run, with the defaults of its parameters.',
    undo: null,
  },
  delete: {
    button: 'Delete',
    done: 'deleted',
    asks: 'Their schedules stop and waiting runs end. They can be restored for 30 days; their runs stay visible.',
    undo: 'restore',
  },
  restore: { button: 'Restore', done: 'restored', asks: null, undo: 'delete' },
  cancel: {
    button: 'Cancel',
    done: 'cancelled',
    asks: 'What waits will not start; what runs is asked to stop, and is ended when it does not.',
    undo: null,
  },
  retry: {
    button: 'Run again',
    done: 'started again',
    asks: 'Each runs again with its own values, as a new run.',
    undo: null,
  },
};

/** "2 jobs paused, 1 was not." */
export function summaryOf({ act, done, failed }: Pick<BulkResult, 'act' | 'done' | 'failed'>, noun: string): string {
  const words = actWords[act as Act];
  const many = `${done} ${done === 1 ? noun : `${noun}s`} ${words.done}`;
  if (failed === 0) return `${many}.`;
  return `${many}, ${failed} ${failed === 1 ? 'was' : 'were'} not.`;
}
