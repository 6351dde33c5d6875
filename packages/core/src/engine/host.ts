/** What a process says of itself when it registers, and what it can see of others on its machine. */
import { hostname } from 'node:os';

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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
