/** The processes of this machine as `/proc` shows them. Elsewhere there is none, and containment is weaker. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { withSpareDescriptor } from './spare-descriptor.ts';

export interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Ended, and only waiting to be noticed by its parent. */
  readonly dead: boolean;
  /** Processor time of the process and of its children that were waited for, in seconds. */
  readonly cpuSeconds: number;
  /** In ticks since the machine's boot. */
  readonly startedAt: number;
}

export const hasProcessTable = existsSync('/proc/self/stat');

/** From here process ids start again at a low number. */
export const highestPid = Number(readOrNull('/proc/sys/kernel/pid_max') ?? 0);

/** Ticks a second in `/proc/<pid>/stat`; the kernel shows 100 to programs on every platform. */
const ticks = 100;

/** Ids of all processes, from `from` up, unordered. */
export function listProcesses(from = 1): number[] {
  const found: number[] = [];
  for (const name of withSpareDescriptor(() => readdirSync('/proc'))) {
    const pid = Number(name);
    if (Number.isInteger(pid) && pid >= from) found.push(pid);
  }
  return found;
}

/** Null when there is no such process. */
export function processFacts(pid: number): ProcessFacts | null {
  const text = readOrNull(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The name in brackets may itself hold brackets and spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const number = (at: number): number => Number(fields[at]);
  return {
    pid,
    parent: number(1),
    group: number(2),
    session: number(3),
    dead: fields[0] === 'Z' || fields[0] === 'X',
    cpuSeconds: (number(11) + number(12) + number(13) + number(14)) / ticks,
    startedAt: number(19),
  };
}

/** Whether the process was started with `entry` (`NAME=value`) in its environment; false when that is not ours to see. */
export function carries(pid: number, entry: string): boolean {
  const text = readOrNull(`/proc/${pid}/environ`);
  return text !== null && (text.startsWith(`${entry}\0`) || text.includes(`\0${entry}\0`));
}

/** What the process was started with, its program first; empty when there is none. */
export function argumentsOf(pid: number): string[] {
  return (readOrNull(`/proc/${pid}/cmdline`, 'utf8') ?? '').split('\0');
}

const longestCommand = 200;

/** What a person knows a process by: its command line, or its name in brackets where it shows none. */
export function commandOf(pid: number): string {
  const command = argumentsOf(pid).join(' ').trim();
  if (command !== '') return command.slice(0, longestCommand);
  return `[${readOrNull(`/proc/${pid}/comm`)?.trim() ?? 'unknown'}]`;
}

/** When it was started, in ticks since the machine was: with its number it names one process for good. */
export function startedAtTick(pid: number): number | null {
  const text = readOrNull(`/proc/${pid}/stat`);
  return text === null ? null : Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[19]);
}

/** Direct children, whichever of its threads started them. */
export function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) => {
    const text = readOrNull(`/proc/${pid}/task/${thread}/children`)?.trim() ?? '';
    return text === '' ? [] : text.split(' ').map(Number);
  });
}

function threadsOf(pid: number): string[] {
  try {
    return withSpareDescriptor(() => readdirSync(`/proc/${pid}/task`));
  } catch {
    return [];
  }
}

/** These processes and everything that descends from them, each once. */
export function descendantsOf(roots: readonly number[]): number[] {
  const found = new Set(roots);
  for (const pid of found) for (const child of childrenOf(pid)) found.add(child);
  return [...found];
}

/** Resident memory now, in kB. */
export function residentKb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readOrNull(`/proc/${pid}/status`) ?? '')?.[1] ?? 0);
}

/** How many ids were given out since the machine started, to processes and threads alike; 0 when unknown. */
export function idsGivenOut(): number {
  return Number(/^processes (\d+)/m.exec(readOrNull('/proc/stat') ?? '')?.[1] ?? 0);
}

function readOrNull(path: string, encoding: 'latin1' | 'utf8' = 'latin1'): string | null {
  try {
    return withSpareDescriptor(() => readFileSync(path, encoding));
  } catch {
    return null;
  }
}
