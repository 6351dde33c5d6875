/** Attempts whose ends a test decides, in the place of processes. */
import {
  stopReasonOf,
  stopped,
  succeeded,
  type Handler,
  type HandlerContext,
  type HandlerOutcome,
} from '../handlers/handler.ts';
import type { WorkerSpawner } from './spawner-keeper.ts';

/** An attempt in the hands of the test. */
export interface Acted {
  readonly context: HandlerContext;
  end(outcome?: HandlerOutcome): void;
}

/** A handler whose attempts end when the test says so, or when they are asked to stop. */
export class Stage {
  readonly acts: Acted[] = [];
  /** The most that were alive at once. */
  most = 0;
  #live = 0;
  /** Attempts that are asked to stop go on. */
  deaf = false;

  readonly handler: Handler = {
    type: 'script',
    run: async (context) => {
      const end = Promise.withResolvers<HandlerOutcome>();
      const stop = (): void => {
        if (!this.deaf) end.resolve(stopped(stopReasonOf(context.signal)));
      };
      context.signal.addEventListener('abort', stop, { once: true });
      this.#live += 1;
      this.most = Math.max(this.most, this.#live);
      this.acts.push({ context, end: (outcome = succeeded({ exitCode: 0 })) => end.resolve(outcome) });
      try {
        return await end.promise;
      } finally {
        this.#live -= 1;
      }
    },
  };

  get live(): number {
    return this.#live;
  }

  /** The attempt of that number, from 0, in the order of their starts. */
  act(index: number): Acted {
    const act = this.acts[index];
    if (act === undefined) throw new Error(`${this.acts.length} attempts were started, none numbered ${index}.`);
    return act;
  }
}

/** A spawner that no process is started with. */
export const noSpawner: WorkerSpawner = {
  run: () => {
    throw new Error('No process is a subject of this test.');
  },
  renewed: () => undefined,
  stop: () => Promise.resolve(),
  exited: new Promise(() => undefined),
  pid: 0,
  containment: 'pgid',
};
