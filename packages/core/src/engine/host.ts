/** What a process says of itself when it registers, and what it can see of others on its machine. */
import { hostname } from 'node:os';
import { processFacts } from '../spawner/process-table.ts';

export interface Host {
  readonly name: string;
  readonly platform: string;
  readonly pid: number;
  /** Whether a process of this machine is alive. */
  isAlive(pid: number): boolean;
}

export function thisHost(): Host {
  return { name: hostname(), platform: `${process.platform}-${process.arch}`, pid: process.pid, isAlive };
}

/** One that has ended is answered to as long as nobody has noticed, which in a container may be for good. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return processFacts(pid)?.dead !== true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
