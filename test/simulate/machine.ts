/** A simulated machine: three clocks, a process table, and a power switch. */
import type { Agenda } from './agenda.ts';
import type { Process } from './process.ts';

/** 2026-01-15T12:00:00Z. */
export const worldStart = 1_768_478_400_000;

export class Machine {
  readonly name: string;
  readonly agenda: Agenda;
  readonly processes = new Map<number, Process>();
  /** What an administrator, or a time server gone mad, has added to the wall clock. */
  #shift = 0;
  #asleepMs = 0;
  #asleepSince: number | null = null;
  #pid = 100;

  constructor(name: string, agenda: Agenda) {
    this.name = name;
    this.agenda = agenda;
  }

  wall(): number {
    return Math.floor(worldStart + this.agenda.now + this.#shift);
  }

  boot(): number {
    return this.agenda.now;
  }

  /** Stands still while the machine sleeps. */
  mono(): number {
    const sleeping = this.#asleepSince === null ? 0 : this.agenda.now - this.#asleepSince;
    return this.agenda.now - this.#asleepMs - sleeping;
  }

  get asleep(): boolean {
    return this.#asleepSince !== null;
  }

  jump(by: number): void {
    this.#shift += by;
  }

  sleep(): void {
    this.#asleepSince ??= this.agenda.now;
  }

  wake(): void {
    if (this.#asleepSince === null) return;
    this.#asleepMs += this.agenda.now - this.#asleepSince;
    this.#asleepSince = null;
    for (const process of this.processes.values()) process.goOn();
  }

  nextPid(): number {
    return (this.#pid += 1);
  }

  isAlive(pid: number): boolean {
    return this.processes.get(pid)?.alive === true;
  }

  /** The power fails: everything on it is gone at once. */
  cut(): void {
    this.wake();
    for (const process of this.processes.values().toArray()) process.kill();
  }
}
