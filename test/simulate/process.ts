/** A simulated process: what is addressed to it waits while it is stopped, and is lost when it is dead. */
import type { Clock } from '../../packages/core/src/system/clock.ts';
import type { Machine } from './machine.ts';

/** A microsecond: no timer is shorter, save one of nothing. */
const shortestMs = 1e-3;

export class Process {
  readonly name: string;
  readonly machine: Machine;
  readonly pid: number;
  readonly clock: Clock;
  #alive = true;
  #stopped = false;
  #inbox: (() => void)[] = [];
  readonly #onEnd: (() => void)[] = [];

  constructor(name: string, machine: Machine) {
    this.name = name;
    this.machine = machine;
    this.pid = machine.nextPid();
    machine.processes.set(this.pid, this);
    this.clock = {
      wall: () => machine.wall(),
      mono: () => machine.mono(),
      boot: () => machine.boot(),
      after: (delay, fire) => this.#timer(delay, fire),
    };
  }

  get alive(): boolean {
    return this.#alive;
  }

  get stopped(): boolean {
    return this.#stopped || this.machine.asleep;
  }

  /** Hands it something after a delay; it takes it when it can. */
  deliver(delay: number, work: () => void): void {
    this.machine.agenda.after(delay, () => this.#take(work));
  }

  #take(work: () => void): void {
    if (!this.#alive) return;
    if (this.stopped) this.#inbox.push(work);
    else work();
  }

  /** SIGSTOP. */
  stop(): void {
    this.#stopped = true;
  }

  /** SIGCONT. */
  cont(): void {
    this.#stopped = false;
    this.goOn();
  }

  /** Takes what has come meanwhile, unless it is still held back. */
  goOn(): void {
    if (this.stopped) return;
    for (const work of this.#inbox.splice(0)) this.deliver(0, work);
  }

  /** SIGKILL, or the end. */
  kill(): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#inbox = [];
    this.machine.processes.delete(this.pid);
    for (const tell of this.#onEnd.splice(0)) tell();
  }

  /** `tell` is called at the moment of its end, whatever the cause. */
  whenOver(tell: () => void): void {
    if (this.#alive) this.#onEnd.push(tell);
    else tell();
  }

  /** In the machine's monotonic time: a sleep puts it off, a stop only delays what it does. */
  #timer(wanted: number, fire: () => void): () => void {
    let live = true;
    // A remainder of rounding adds nothing to a time of this size: the world would stand still and ask again for ever (seed 11827).
    const delay = wanted <= 0 ? 0 : Math.max(wanted, shortestMs);
    const due = this.machine.mono() + delay;
    const ring = (): void => {
      if (!live) return;
      const left = due - this.machine.mono();
      if (left > 1e-6) this.deliver(left, ring);
      else {
        live = false;
        fire();
      }
    };
    this.deliver(delay, ring);
    return () => {
      live = false;
    };
  }
}
