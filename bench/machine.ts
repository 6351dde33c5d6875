import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { DatabaseSync } from 'node:sqlite';

/** Where and with what the figures were taken; without it they say nothing. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly sqlite: string;
  readonly commit: string;
  /** Load of the last minute when the scenario began: above the number of cores, somebody else was at work. */
  readonly load: number;
}

function commit(): string {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') === '' ? '' : ' with changes'}`;
  } catch {
    return 'unknown';
  }
}

export function thisMachine(): Machine {
  const memory = new DatabaseSync(':memory:');
  const sqlite = String(memory.prepare('SELECT sqlite_version() AS version').get()?.['version']);
  memory.close();
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    node: process.versions.node,
    sqlite,
    commit: commit(),
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}
