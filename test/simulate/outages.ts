/** Faults in force: which calls are cut, slow, lost or deadly, and what is done to processes and clocks. */
import type { Fate, Strike, Wire } from './client.ts';
import { type Fault, type FaultKind } from './faults.ts';
import type { Machine } from './machine.ts';
import { mendedMs } from './plan.ts';
import type { Process } from './process.ts';
import type { Role, World } from './world.ts';

const deadly: ReadonlySet<FaultKind> = new Set([
  'scheduler_killed',
  'worker_killed',
  'spawner_killed',
  'worker_and_spawner_killed',
  'power_cut',
  'killed_at_call',
  // Only where it could not hand in its results first.
  'worker_drained',
]);
/** Faults that keep a worker from reporting. */
const silencing: ReadonlySet<FaultKind> = new Set([
  'worker_stopped',
  'worker_and_spawner_stopped',
  'machine_asleep',
  'partition',
]);
/** Faults that keep everybody from it. */
const silencingAll: ReadonlySet<FaultKind> = new Set(['database_away', 'database_slow', 'disk_full']);
const armedMs = 20_000;
/** Pages that a full disk still has: none, or so few that some writes find room and others do not. By the fault, so by the seed. */
const roomAt = (at: number): number => [0, 1, 2, 4, 8, 30][Math.floor(at) % 6] ?? 0;

export class Outages {
  readonly #world: World;
  readonly #spent = new Set<Fault>();
  #mended = false;

  constructor(world: World) {
    this.#world = world;
  }

  /** Strikes every fault of the plan at its time, and mends everything in the end. */
  schedule(): void {
    const { agenda, plan } = this.#world;
    for (const fault of plan.faults) {
      agenda.at(fault.at, () => {
        this.#world.trace.event('fault', fault.kind, this.nameOf(fault));
        this.#begin[fault.kind]?.(fault);
      });
      agenda.at(Math.min(fault.at + fault.lastsMs, mendedMs), () => {
        this.#world.trace.event('fault', `${fault.kind} is over`, this.nameOf(fault));
        this.#end[fault.kind]?.(fault);
      });
    }
    agenda.at(mendedMs, () => this.#mend());
  }

  nameOf(fault: Fault): string {
    return `${this.#roleOf(fault)?.name ?? '?'} on ${this.#machineOf(fault).name}, ${fault.lastsMs} ms, ${fault.method} ${fault.when}, ${fault.byMs} ms`;
  }

  /** Kinds that are at work now, for the table of coverage. */
  inForce(): readonly FaultKind[] {
    const { now } = this.#world.agenda;
    const { faults } = this.#world.plan;
    return faults.filter(({ at, lastsMs }) => at <= now && now <= at + Math.max(lastsMs, 3000)).map(({ kind }) => kind);
  }

  #is(kind: FaultKind, concerns: (fault: Fault) => boolean = () => true): boolean {
    const { now } = this.#world.agenda;
    return (
      !this.#mended &&
      this.#world.plan.faults.some(
        (fault) => fault.kind === kind && fault.at <= now && now < fault.at + fault.lastsMs && concerns(fault),
      )
    );
  }

  readonly wire: Wire = {
    fate: (process) => this.#fate(process),
    isCut: (process) => this.#is('database_away') || this.#is('partition', (fault) => this.#meets(fault, process)),
    strike: (process, method) => this.#strike(process, method),
    committed: (process, done) => {
      const moved = this.#world.record.take(process.name, done);
      this.#world.testimony.moved(moved);
      for (const each of moved) this.#world.trace.event(process.name, each, '');
    },
    told: (process, label, how) => this.#world.trace.event(process.name, label, how),
  };

  /** Whether a fault is meant for this role, or for the machine that it runs on. */
  concerns(fault: Fault, name: string): boolean {
    const machine = this.#world.roles.find((role) => role.name === name)?.machine;
    const ofMachine = fault.kind === 'power_cut' || fault.kind === 'machine_asleep';
    return ofMachine ? this.#machineOf(fault) === machine : this.#roleOf(fault)?.name === name;
  }

  /** How long faults that touch a span of time may have kept a worker from reporting, all in all. */
  silenceOf(name: string, { from, to, everybody }: { from: number; to: number; everybody: boolean }): number {
    return this.#world.plan.faults
      .filter((fault) =>
        silencingAll.has(fault.kind) ? everybody : silencing.has(fault.kind) && this.concerns(fault, name),
      )
      .filter(({ at, lastsMs }) => at <= to && at + lastsMs >= from)
      .reduce((sum, { at, lastsMs }) => sum + Math.min(lastsMs, mendedMs - at), 0);
  }

  /** Whether a worker can store nothing now. */
  #isMute(name: string): boolean {
    const hinders = [...silencingAll, 'partition'] as const;
    return hinders.some((kind) => this.#is(kind, (fault) => silencingAll.has(kind) || this.concerns(fault, name)));
  }

  losesBells(process: Process): boolean {
    return this.#world.chance() < 0.02 || this.#is('bells_lost', (fault) => this.#meets(fault, process));
  }

  refusesStarts(machine: Machine): boolean {
    return this.#is('starts_refused', (fault) => this.#roleOf(fault)?.machine === machine);
  }

  #fate(process: Process): Fate {
    const { chance } = this.#world;
    if (process.name === 'end') return { there: 0.1, back: 0.1 };
    const slow = this.#is('database_slow') ? 500 + chance() * 1500 : 0;
    const odd = chance();
    const wait = odd < 0.01 ? 800 * chance() : odd < 0.06 ? 80 * chance() : 2 * chance();
    return { there: 0.05 + wait + slow, back: 0.05 + 2 * chance() };
  }

  /** One call of the method, by the process that it is meant for, and it is spent. */
  #strike(process: Process, method: string): Strike {
    if (this.#mended) return null;
    const { now } = this.#world.agenda;
    const struck = this.#world.plan.faults.find(
      (fault) =>
        strikes[fault.kind] !== undefined &&
        fault.method === method &&
        !this.#spent.has(fault) &&
        fault.at <= now &&
        now < fault.at + armedMs &&
        this.#meets(fault, process),
    );
    if (struck === undefined) return null;
    this.#spent.add(struck);
    const strike = strikes[struck.kind]?.(struck) ?? null;
    if (strike === 'kill_before' || strike === 'kill_after') this.#bar(this.#roleOf(struck), struck.lastsMs);
    this.#world.testimony.harmed(struck, now);
    return strike;
  }

  #roleOf(fault: Fault): Role | undefined {
    return this.#world.roles.filter(({ kind }) => kind === fault.role)[fault.target];
  }

  #machineOf(fault: Fault): Machine {
    return this.#world.machines[fault.target % this.#world.machines.length] ?? this.#world.centre;
  }

  #meets(fault: Fault, process: Process): boolean {
    return this.#roleOf(fault)?.name === process.name;
  }

  /** Keeps the supervisor from starting it again before. */
  #bar(role: Role | undefined, ms: number): void {
    if (role !== undefined) role.downUntil = Math.min(mendedMs, this.#world.agenda.now + ms);
  }

  readonly #begin: { readonly [kind in FaultKind]?: (fault: Fault) => void } = {
    scheduler_killed: (fault) => this.#kill(fault, ['process']),
    worker_killed: (fault) => this.#kill(fault, ['process']),
    spawner_killed: (fault) => this.#kill(fault, ['spawner']),
    worker_and_spawner_killed: (fault) => this.#kill(fault, ['process', 'spawner']),
    power_cut: (fault) => {
      const machine = this.#machineOf(fault);
      const own = this.#world.roles.filter((role) => role.machine === machine);
      for (const role of own) {
        this.#bar(role, fault.lastsMs);
        role.disk.losePower(this.#world.agenda.now);
      }
      machine.cut();
      this.#world.testimony.harmed(fault, this.#world.agenda.now);
    },
    scheduler_stopped: (fault) => this.#roleOf(fault)?.process?.stop(),
    worker_stopped: (fault) => this.#roleOf(fault)?.process?.stop(),
    worker_and_spawner_stopped: (fault) => {
      this.#roleOf(fault)?.process?.stop();
      this.#roleOf(fault)?.spawner?.process.stop();
    },
    machine_asleep: (fault) => this.#machineOf(fault).sleep(),
    worker_drained: (fault) => {
      const role = this.#roleOf(fault);
      const process = role?.process;
      if (role?.worker === null || role === undefined) return;
      this.#bar(role, fault.lastsMs);
      void role.worker.stop().then(() => {
        // Its time was over before it could hand in what it had: from now on it is a worker that died.
        if (this.#isMute(role.name)) this.#world.testimony.harmed(fault, this.#world.agenda.now);
        process?.kill();
      });
    },
    disk_full: ({ at }) => this.#world.database.setRoom(roomAt(at)),
    clock_jump: ({ byMs }) => {
      for (const machine of [this.#world.centre, ...this.#world.machines]) machine.jump(byMs);
    },
    clock_off: (fault) => this.#machineOf(fault).jump(fault.byMs),
  };

  readonly #end: { readonly [kind in FaultKind]?: (fault: Fault) => void } = {
    scheduler_stopped: (fault) => this.#roleOf(fault)?.process?.cont(),
    worker_stopped: (fault) => this.#roleOf(fault)?.process?.cont(),
    worker_and_spawner_stopped: (fault) => {
      this.#roleOf(fault)?.process?.cont();
      this.#roleOf(fault)?.spawner?.process.cont();
    },
    machine_asleep: (fault) => this.#machineOf(fault).wake(),
    disk_full: () => this.#world.database.setRoom(null),
  };

  #kill(fault: Fault, what: readonly ('process' | 'spawner')[]): void {
    const role = this.#roleOf(fault);
    if (role === undefined) return;
    if (what.includes('process')) this.#bar(role, fault.lastsMs);
    this.#world.testimony.harmed(fault, this.#world.agenda.now);
    if (what.includes('process')) role.process?.kill();
    if (what.includes('spawner')) role.spawner?.process.kill();
  }

  #mend(): void {
    const { roles, machines, database } = this.#world;
    this.#mended = true;
    database.setRoom(null);
    for (const machine of machines) {
      machine.wake();
      for (const process of machine.processes.values().toArray()) process.cont();
    }
    for (const role of roles) void this.#world.start(role);
    this.#world.trace.event('fault', 'everything is mended', '');
  }
}

const strikes: { readonly [kind in FaultKind]?: (fault: Fault) => Strike } = {
  killed_at_call: ({ when }) => (when === 'before' ? 'kill_before' : 'kill_after'),
  reply_lost: () => 'lose_reply',
  call_refused: () => 'refuse',
};

export const isDeadly = (kind: FaultKind): boolean => deadly.has(kind);
