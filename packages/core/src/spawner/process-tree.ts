/**
 * Everything a job started: its process group, its session, the descendants, and strays that left all of these but still
 * carry the run's id in their environment.
 *
 * This is containment level `pgid`: best effort, as a process may leave the group, lose its parent and drop its
 * environment all at once. What outlived the kill is named.
 */
import { spawnSync } from 'node:child_process';
import type { Millis } from '../model/instant.ts';
import type { Clock } from '../system/clock.ts';
import {
  carries,
  hasProcessTable,
  highestPid,
  idsGivenOut,
  listProcesses,
  processFacts,
  descendantsOf,
  startedAtTick,
  type ProcessFacts,
} from './process-table.ts';
import type { Enclosures, Tree } from './tree.ts';

const verifyMs: Millis = 2000;
const pollMs: Millis = 20;

export interface TreeOptions {
  /** The first process, leader of its own session and group. Null when only the mark is known. */
  readonly pid: number | null;
  /** `JTP_RUN_ID=…`; null knows no strays. */
  readonly mark: string | null;
  readonly clock: Clock;
  /** Its end will be told with whether anything is left: then a count at its birth is not worth its price. */
  readonly endsTold?: boolean;
}

export class ProcessTree implements Tree {
  readonly pid: number | null;
  readonly #mark: string | null;
  readonly #clock: Clock;
  readonly #idsAtBirth: number;
  readonly #known = new Map<number, number | null>();
  /** The first process was waited for: its id may by now belong to a stranger. */
  #reaped = false;
  #alone = false;

  constructor({ pid, mark, clock, endsTold = false }: TreeOptions) {
    this.pid = pid;
    this.#mark = mark;
    this.#clock = clock;
    this.#idsAtBirth = endsTold ? 0 : idsGivenOut();
  }

  nearMembers(): number[] {
    return this.pid === null || this.#reaped ? [] : this.#remember(descendantsOf([this.pid]));
  }

  /** What was seen once stays known, wherever it goes. */
  #remember(members: number[]): number[] {
    for (const pid of members) if (!this.#known.has(pid)) this.#known.set(pid, startedAtTick(pid));
    return members;
  }

  reaped(isAlone: boolean): void {
    this.#reaped = true;
    this.#alone = isAlone;
  }

  /** Ids of the processes alive now. Without a process table: the first one, while it is not reaped. */
  members(): number[] {
    if (this.#alone) return [];
    if (!hasProcessTable) return this.#reaped || this.pid === null ? [] : [this.pid];
    const facts = this.#others();
    const reused = this.pid === null || (this.#reaped && facts.has(this.pid));
    const isOurs = ({ pid, group, session }: ProcessFacts): boolean =>
      this.#isKnown(pid) ||
      (!reused && (group === this.pid || session === this.pid)) ||
      (this.#mark !== null && carries(pid, this.#mark));
    const members = new Set([...facts.values()].filter(isOurs).map(({ pid }) => pid));
    // A child may have a lower number than its parent, so this repeats until nothing is new.
    for (let size = -1; size !== members.size;) {
      size = members.size;
      for (const { pid, parent } of facts.values()) if (members.has(parent)) members.add(pid);
    }
    return this.#remember([...members].filter((pid) => facts.get(pid)?.dead === false));
  }

  #isKnown(pid: number): boolean {
    const bornAt = this.#known.get(pid);
    return bornAt !== undefined && bornAt !== null && bornAt === startedAtTick(pid);
  }

  /** Every process that could belong to the tree, with what the table says of it. */
  #others(): ReadonlyMap<number, ProcessFacts> {
    const facts = new Map<number, ProcessFacts>();
    for (const pid of listProcesses(this.pid !== null && this.#idsRose(this.pid) ? this.pid : 1)) {
      const found = pid === process.pid ? null : processFacts(pid);
      if (found !== null) facts.set(pid, found);
    }
    return facts;
  }

  /** Whether every id given out since the tree began is above its first: then the others need no look. */
  #idsRose(first: number): boolean {
    const now = idsGivenOut();
    return this.#idsAtBirth > 0 && first + (now - this.#idsAtBirth) < highestPid;
  }

  signal(signal: 'SIGTERM' | 'SIGKILL', members: readonly number[] = this.members()): void {
    const { pid } = this;
    if (process.platform === 'win32') {
      if (pid !== null) sendOnWindows(pid, signal);
      return;
    }
    if (pid !== null && (!this.#reaped || !hasProcessTable)) send(-pid, signal);
    if (!hasProcessTable) return;
    for (const member of members) if (this.#isBeyondGroup(member)) send(member, signal);
  }

  /** Whether a signal to the group does not reach it. */
  #isBeyondGroup(member: number): boolean {
    return this.#reaped || this.pid === null || processFacts(member)?.group !== this.pid;
  }

  async kill(known?: readonly number[]): Promise<number[]> {
    const end = this.#clock.mono() + verifyMs;
    for (let members = known ?? this.members(); ; members = this.members()) {
      if (members.length === 0) return [];
      if (this.#clock.mono() >= end) return [...members];
      this.signal('SIGKILL', members);
      await new Promise<void>((resolve) => void this.#clock.after(pollMs, resolve));
    }
  }
}

/** Level `pgid`: a tree is started in nothing. */
export function processGroups(clock: Clock, endsTold = false): Enclosures {
  return {
    level: 'pgid',
    take: (mark) =>
      Promise.resolve({
        command: (argv) => argv,
        tree: (pid) => new ProcessTree({ pid, mark, clock, endsTold }),
        drop: () => undefined,
      }),
    close: () => undefined,
  };
}

function sendOnWindows(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  const force = signal === 'SIGKILL' ? ['/F'] : [];
  spawnSync('taskkill', ['/pid', String(pid), '/T', ...force], { stdio: 'ignore' });
}

function send(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already, or not ours: the next look at the members tells which.
  }
}
