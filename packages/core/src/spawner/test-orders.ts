/** What spawner tests share: orders in a folder of their own, and a look at logs and processes. */
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../system/logger.ts';
import { systemClock } from '../system/clock.ts';
import { containments, type Containment } from '../model/worker.ts';
import { Spawner, type SpawnerOptions } from './client.ts';
import { chooseEnclosures } from './containment.ts';
import { LogReader } from './log-reader.ts';
import { argumentsOf, listProcesses } from './process-table.ts';
import type { StartOrder } from './protocol.ts';

export const folder = mkdtempSync(join(tmpdir(), 'jtp-spawner-'));
export const journalPath = join(folder, 'worker', 'journal.jsonl');
export const linux = process.platform === 'linux';
let runs = 0;

/** A spawner whose files lie in `<folder>/<name>`. */
export async function startSpawner(name: string, more: Partial<SpawnerOptions> = {}): Promise<Spawner> {
  const options = { journalPath: join(folder, name, 'journal.jsonl'), log: silentLogger, clock: systemClock() };
  return Spawner.start({ ...options, hostEnv: process.env, ...more });
}

/** The levels this machine gives, by the spawner's own probe: what a level promises is tested where there is one. */
export async function levelsHere(): Promise<readonly Containment[]> {
  const found: Containment[] = [];
  for (const level of containments) {
    const chosen = await chooseEnclosures({ clock: systemClock(), pin: level });
    if ('refused' in chosen) continue;
    chosen.enclosures.close();
    found.push(level);
  }
  return found;
}

/** A name for a test's processes to call themselves by (`exec -a`), under which they are found from outside. */
export const token = (): string => `jtp${process.pid}x${++runs}`;

/** Living processes of this machine that call themselves so. */
export function livingWith(word: string): number[] {
  return listProcesses().filter((pid) => argumentsOf(pid)[0] === word && alive(pid));
}

/** An order for a shell script of text `sh`, or for anything else. */
export function order(overrides: Partial<StartOrder> & { sh?: string } = {}): StartOrder {
  const { sh, ...rest } = overrides;
  const runId = `run-${process.pid}-${++runs}`;
  return {
    runId,
    attempt: 1,
    fence: 7,
    argv: ['/bin/sh', '-c', sh ?? 'true'],
    env: { PATH: process.env['PATH'] ?? '', JTP_RUN_ID: rest.runId ?? runId },
    cwd: folder,
    log: join(folder, runId, '1.log'),
    outputLimitBytes: 10_485_760,
    outputLimitPolicy: 'truncate',
    timeoutMs: 15_000,
    killGraceMs: 1000,
    leashMs: null,
    ...rest,
  };
}

/** The log of an order, `stream: text` a line. */
export async function output({ log }: StartOrder): Promise<string> {
  const reader = await LogReader.open(log);
  const lines = (await reader?.read({ fromLine: 1, count: 1000 })) ?? [];
  await reader?.close();
  return lines.map(({ stream, text }) => `${stream}: ${text}`).join('\n');
}

/** Whether a process exists and is no zombie. */
export function alive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** The process ids that shell scripts wrote into a file, one a line; none yet without the file. */
export function pidsIn(file: string): number[] {
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];
}
