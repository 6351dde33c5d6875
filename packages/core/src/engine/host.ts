/** What a process says of itself when it registers, and what it can see of others on its machine. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessIdentity } from '../model/worker.ts';
import { processFacts } from '../spawner/process-table.ts';

export interface Host {
  readonly name: string;
  readonly platform: string;
  readonly pid: number;
  /** This process among all others; null where the system tells nothing of it. */
  readonly process: ProcessIdentity | null;
  /** Whether a process of this machine is alive: the one that started then, where its start is known. */
  isAlive(pid: number, startedAt?: number | null): boolean;
}

export function thisHost(): Host {
  return {
    name: hostname(),
    platform: `${process.platform}-${process.arch}`,
    pid: process.pid,
    process: thisProcess(),
    isAlive,
  };
}

/** One that has ended is answered to as long as nobody has noticed, which in a container may be for good. */
function isAlive(pid: number, startedAt: number | null = null): boolean {
  const facts = processFacts(pid);
  if (facts !== null && startedAt !== null && facts.startedAt !== startedAt) return false;
  try {
    process.kill(pid, 0);
    return facts?.dead !== true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function thisProcess(): ProcessIdentity | null {
  const bootId = orNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  if (bootId === null) return null;
  return {
    machineId: orNull(() => readFileSync('/etc/machine-id', 'utf8')),
    bootId,
    pidSpace: orNull(() => readlinkSync('/proc/self/ns/pid')),
    startedAt: processFacts(process.pid)?.startedAt ?? null,
  };
}

/** What is there, trimmed; null when it is not there, not ours to see, or empty. */
function orNull(read: () => string): string | null {
  try {
    const text = read().trim();
    return text === '' ? null : text;
  } catch {
    return null;
  }
}
