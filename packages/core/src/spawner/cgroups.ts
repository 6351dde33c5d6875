/**
 * Control groups of version 2, one for each tree: a process stays in the group it was forked in, whatever else it does,
 * and the kernel ends all of them at one word. It needs no controllers, only a group that the worker may divide.
 *
 * The spawner steps into the group to start the first process there, and back out: nothing runs between the fork and the
 * program that could miss the group. Unlike a namespace a group has no life of its own: it is ended by the spawner, or by
 * whoever takes over from it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Millis } from '../model/instant.ts';
import type { Clock } from '../system/clock.ts';
import { processFacts } from './process-table.ts';
import { withSpareDescriptor } from './spare-descriptor.ts';
import type { Enclosure, Enclosures, Tree } from './tree.ts';

const verifyMs: Millis = 2000;
const pollMs: Millis = 10;

export class Cgroups implements Enclosures {
  readonly level = 'cgroup';
  readonly #clock: Clock;
  /** Where the spawner itself is. */
  readonly #home: string;
  readonly #folder: string;
  #made = 0;

  private constructor(clock: Clock, home: string) {
    this.#clock = clock;
    this.#home = home;
    this.#folder = join(home, `${prefix()}${process.pid}`);
  }

  /** Makes a group, steps in and out. @returns what stood in the way where that does not work */
  static async probe(clock: Clock): Promise<Cgroups | string> {
    await endAbandonedGroups(clock);
    const home = ownGroup();
    if (home === null) return 'there is no tree of control groups of version 2';
    const groups = new Cgroups(clock, home);
    try {
      mkdirSync(groups.#folder);
      const group = groups.#make();
      const works = existsSync(join(group, 'cgroup.kill'));
      groups.#enter(group);
      groups.#enter(home);
      rmdirSync(group);
      if (works) return groups;
      groups.close();
      return 'the kernel cannot end a group at once';
    } catch (error) {
      groups.close();
      return `no group can be made below ${home}: ${(error as Error).message}`;
    }
  }

  take(): Promise<Enclosure> {
    const group = this.#make();
    return Promise.resolve({
      command: (argv) => argv,
      inside: group,
      around: (start) => {
        this.#enter(group);
        try {
          return start();
        } finally {
          this.#enter(this.#home);
        }
      },
      tree: (pid) => new GroupTree(group, pid, this.#clock),
      drop: () => remove(group),
    });
  }

  close(): void {
    remove(this.#folder);
  }

  #make(): string {
    const group = join(this.#folder, String(++this.#made));
    mkdirSync(group);
    return group;
  }

  #enter(group: string): void {
    withSpareDescriptor(() => writeFileSync(join(group, 'cgroup.procs'), String(process.pid)));
  }
}

class GroupTree implements Tree {
  readonly #group: string;
  readonly #first: number;
  readonly #clock: Clock;

  constructor(group: string, first: number, clock: Clock) {
    this.#group = group;
    this.#first = first;
    this.#clock = clock;
  }

  members(): number[] {
    return membersOf(this.#group).filter((pid) => processFacts(pid)?.dead === false);
  }

  nearMembers(): number[] {
    return this.members();
  }

  signal(signal: 'SIGTERM' | 'SIGKILL', members: readonly number[] = this.members()): void {
    if (signal === 'SIGKILL') killGroup(this.#group);
    else for (const pid of members) send(pid, signal);
  }

  reaped(): void {
    // The group knows its members by itself.
  }

  async kill(known?: readonly number[]): Promise<number[]> {
    const end = this.#clock.mono() + verifyMs;
    for (let members = known ?? this.members(); ; members = this.members()) {
      if (members.length === 0 && membersOf(this.#group).every((pid) => pid === this.#first)) {
        remove(this.#group);
        return [];
      }
      if (this.#clock.mono() >= end) return [...members];
      killGroup(this.#group);
      await new Promise<void>((resolve) => void this.#clock.after(pollMs, resolve));
    }
  }
}

/**
 * Ends what spawners left that are no more. Their groups are known by their numbers, which count in one namespace of
 * process ids: those of another are left alone.
 */
export async function endAbandonedGroups(clock: Clock): Promise<void> {
  const home = ownGroup();
  if (home === null) return;
  const abandoned = groupsBelow(home).filter((group) => {
    const name = basename(group);
    return name.startsWith(prefix()) && !isAlive(Number(name.slice(prefix().length)));
  });
  for (const group of abandoned) killGroup(group);
  for (
    const end = clock.mono() + verifyMs;
    clock.mono() < end && abandoned.some((group) => membersOf(group).length > 0);
  )
    await new Promise<void>((resolve) => void clock.after(pollMs, resolve));
  for (const group of abandoned) remove(group);
}

function isAlive(pid: number): boolean {
  return processFacts(pid)?.dead === false;
}

function prefix(): string {
  return `jtp-${/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? ''}-`;
}

/** Also of groups below, which a job may have made. */
function membersOf(group: string): number[] {
  const text = readOrEmpty(join(group, 'cgroup.procs')).trim();
  const own = text === '' ? [] : text.split('\n').map(Number);
  return [...own, ...groupsBelow(group).flatMap(membersOf)];
}

function groupsBelow(group: string): string[] {
  try {
    const entries = withSpareDescriptor(() => readdirSync(group, { withFileTypes: true }));
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(group, name));
  } catch {
    return [];
  }
}

function killGroup(group: string): void {
  try {
    withSpareDescriptor(() => writeFileSync(join(group, 'cgroup.kill'), '1'));
  } catch {
    // It is gone with its last process.
  }
}

function remove(group: string): void {
  for (const below of groupsBelow(group)) remove(below);
  try {
    rmdirSync(group);
  } catch {
    // Busy still, or gone: an empty group costs next to nothing.
  }
}

/** The folder of the group this process is in; null without version 2. */
function ownGroup(): string | null {
  const mount = readOrEmpty('/proc/self/mountinfo')
    .split('\n')
    .find((line) => line.includes(' - cgroup2 '));
  const place = mount?.split(' ')[4];
  const within = /^0::(.*)$/m.exec(readOrEmpty('/proc/self/cgroup'))?.[1];
  return place === undefined || within === undefined ? null : join(place, within);
}

function readOrEmpty(path: string): string {
  try {
    return withSpareDescriptor(() => readFileSync(path, 'utf8'));
  } catch {
    return '';
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}
