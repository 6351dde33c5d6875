/** The process tree of one attempt: runs on its machine, whoever watches, until it ends or is killed. */
import type { StartOrder } from '../../packages/core/src/spawner/protocol.ts';
import type { Machine } from './machine.ts';
import { Process } from './process.ts';

/** What the job does, decided before anything happens to it. */
export interface Behaviour {
  readonly lastsMs: number;
  readonly exitCode: number;
  readonly ignoresTerm: boolean;
}

export interface Exit {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** Sees every start and every end, and can be asked by nobody who is tested. */
export interface Witness {
  readonly started: (tree: Tree) => void;
  /** By itself or killed. */
  readonly ended: (tree: Tree, exit: Exit) => void;
}

const termMs = 50;

export class Tree {
  readonly order: StartOrder;
  readonly machine: Machine;
  readonly process: Process;
  readonly #behaviour: Behaviour;
  #onExit: (exit: Exit) => void = () => undefined;
  #exit: Exit | null = null;

  constructor(order: StartOrder, machine: Machine, { behaviour, witness }: { behaviour: Behaviour; witness: Witness }) {
    this.order = order;
    this.machine = machine;
    this.#behaviour = behaviour;
    this.process = new Process(`run ${order.runId}`, machine);
    this.process.whenOver(() => {
      const exit = this.#exit ?? { exitCode: null, signal: 'SIGKILL' };
      witness.ended(this, exit);
      this.#onExit(exit);
    });
    witness.started(this);
    this.process.clock.after(behaviour.lastsMs, () => this.#end({ exitCode: behaviour.exitCode, signal: null }));
  }

  onExit(heard: (exit: Exit) => void): void {
    this.#onExit = heard;
  }

  term(): void {
    if (!this.#behaviour.ignoresTerm)
      this.process.clock.after(termMs, () => this.#end({ exitCode: null, signal: 'SIGTERM' }));
  }

  kill(): void {
    this.process.kill();
  }

  #end(exit: Exit): void {
    this.#exit ??= exit;
    this.process.kill();
  }
}
