/**
 * The spawner: a process that does nothing but start, own and end the processes of jobs.
 *
 * It is a process of its own because starting a child copies the tables of its parent: a worker with a large heap would
 * start ten times slower and stand still meanwhile. It imports next to nothing, for the same reason. One worker has one
 * spawner; when the worker is gone, every tree is killed.
 */
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import type { Millis } from '../model/instant.ts';
import { systemClock, type Clock } from '../system/clock.ts';
import { afterThisTurn } from '../system/turn.ts';
import { Journal, type JournalEntry } from './journal.ts';
import { chooseEnclosures } from './containment.ts';
import { JobProcess } from './job-process.ts';
import type { Launcher } from './launcher.ts';
import { NodeLauncher } from './node-launcher.ts';
import { PerlLauncher } from './perl-launcher.ts';
import { PipeSupply } from './pipe.ts';
import {
  inBatches,
  type Ended,
  type FromSpawner,
  type SpawnerArguments,
  type SpawnerLimits,
  type StartOrder,
  tooLate,
  type ToSpawner,
} from './protocol.ts';
import { keepSpareDescriptor } from './spare-descriptor.ts';
import type { Enclosures } from './tree.ts';

const leashCheckMs: Millis = 1000;
const alarmBytes = 200 * 1024 * 1024;
const collectsAboveBytes = 80 * 1024 * 1024;
const collectsAfterMs: Millis = 300;
const weighsEveryMs: Millis = 100;

const say = inBatches((batch: readonly FromSpawner[]) => {
  // Without a listener the loss of the worker in mid-sentence would end this process before its trees.
  if (process.connected) process.send?.(batch, undefined, undefined, () => undefined);
});

/** 0 when the system has no descriptor left to tell. */
function residentBytes(): number {
  try {
    return process.memoryUsage.rss();
  } catch {
    return 0;
  }
}

interface Facts {
  readonly journalPath: string;
  readonly clock: Clock;
  readonly limits: SpawnerLimits;
  readonly enclosures: Enclosures;
  readonly launcher: Launcher;
  readonly startWithinMs: Millis | null;
}

function run({ journalPath, clock, limits, enclosures, launcher, startWithinMs }: Facts): void {
  const jobs = new Map<number, JobProcess>();
  const journal = Journal.open({
    path: journalPath,
    now: clock.wall(),
    onFailure: (error) => say({ type: 'trouble', message: 'journal not written', fields: { error: String(error) } }),
  });
  let renewedAt = clock.boot();
  let watching = false;
  let leaving = false;
  let collecting = false;
  let weighedAt = 0;

  function start(key: number, order: StartOrder): void {
    const { runId, attempt, fence, origin } = order;
    const job = new JobProcess({
      order,
      launcher,
      enclosures,
      fileLimitBytes: limits.fileBytes,
      clock,
      onStarted: (started) => {
        say({ type: 'started', key, started });
        journal.append({
          runId,
          attempt,
          fence,
          ...(origin && { origin }),
          at: started.startedAt,
          phase: 'started',
          pid: started.pid,
        });
      },
      onProgress: (progress) => say({ type: 'progress', key, progress }),
      onEnded: (ended) => {
        jobs.delete(key);
        journal.append(toEntry(order, ended));
        say({ type: 'ended', key, ended });
        weigh();
        if (leaving && jobs.size === 0) void leave();
      },
    });
    jobs.set(key, job);
    void job.start();
    if (order.leashMs !== null) watchLeash();
  }

  /** Buffers of an ended job are small objects to the engine: it would collect them only after many more. */
  function weigh(): void {
    const now = clock.mono();
    if (now - weighedAt < weighsEveryMs) return;
    weighedAt = now;
    const bytes = residentBytes();
    if (bytes > alarmBytes) say({ type: 'trouble', message: 'spawner is large', fields: { bytes } });
    if (bytes < collectsAboveBytes || collecting) return;
    collecting = true;
    clock.after(collectsAfterMs, () => {
      collecting = false;
      globalThis.gc?.();
    });
  }

  function watchLeash(): void {
    if (watching) return;
    watching = true;
    clock.after(leashCheckMs, () => {
      watching = false;
      const silent = clock.boot() - renewedAt;
      const leashed = [...jobs.values()].filter((job) => job.order.leashMs !== null);
      for (const job of leashed) if (silent > (job.order.leashMs ?? 0)) job.stop('fenced', 0);
      if (leashed.length > 0) watchLeash();
    });
  }

  async function leave(): Promise<void> {
    enclosures.close();
    launcher.close();
    await journal.close();
    process.exit(0);
  }

  /**
   * Who stood still with its worker finds orders of runs that were given up meanwhile: to start one, and end it when the
   * worker says so, would be too late (P3, F10). Where `boot` is each process's own, ours is the younger: never late.
   */
  const isLate = (saidAt: Millis): boolean => startWithinMs !== null && clock.boot() - saidAt > startWithinMs;

  function refuse(key: number, order: StartOrder): void {
    const ended = tooLate(clock.wall());
    journal.append(toEntry(order, ended));
    say({ type: 'ended', key, ended });
  }

  function heed(message: ToSpawner): void {
    if (message.type === 'run' && isLate(message.saidAt)) refuse(message.key, message.order);
    else if (message.type === 'run') {
      // The lease held when the order was given, which may be a while ago.
      if (jobs.size === 0) renewedAt = Math.max(renewedAt, Math.min(message.saidAt, clock.boot()));
      start(message.key, message.order);
    } else if (message.type === 'stop') {
      jobs.get(message.key)?.stop(message.why, message.graceMs ?? undefined);
    } else {
      renewedAt = Math.max(renewedAt, clock.boot() - message.ageMs);
    }
  }

  process.on('message', (batch: readonly ToSpawner[]) => batch.forEach(heed));
  const workerGone = (): void => {
    leaving = true;
    for (const job of jobs.values()) job.stop('worker_gone', 0);
    if (jobs.size === 0) void leave();
  };
  process.on('disconnect', workerGone);
  // It may have died while this one made itself ready: then nobody says so any more.
  if (!process.connected) workerGone();
}

/**
 * What children inherit: the number of open files, and that no core file is written, which would hold whatever secrets
 * the job was given. Not every system has the program.
 */
function limitItself({ openFiles }: SpawnerLimits): void {
  if (process.platform !== 'linux') return;
  const files = openFiles === null ? [] : [`--nofile=${openFiles}:${openFiles}`];
  spawnSync('prlimit', ['--pid', String(process.pid), '--core=0:0', ...files], { stdio: 'ignore' });
}

function toEntry({ runId, attempt, fence, origin }: StartOrder, ended: Ended): JournalEntry {
  const of = { runId, attempt, fence, ...(origin && { origin }), at: ended.endedAt };
  if (ended.error !== undefined) return { ...of, phase: 'not_started', ...ended.error };
  const { signal, timedOut, stopped, processes, survivors, stderrTail } = ended;
  const exitCode = failedByWord(ended) ? 1 : ended.exitCode;
  return { ...of, phase: 'ended', exitCode, signal, timedOut, stopped, processes, survivors, stderrTail };
}

/** A plugin says how it ended; who finds only the journal is to take no exit of 0 for a success that it did not tell. */
function failedByWord({ plugin, exitCode }: Ended): boolean {
  return plugin !== undefined && plugin.end?.kind !== 'result' && exitCode === 0;
}

async function begin(journalPath: string, { offset, pin, startWithinMs, ...limits }: SpawnerArguments): Promise<void> {
  // A terminal and a service manager signal the whole group: the worker decides what that means for running jobs.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  const clock = systemClock({ keepsAlive: true, offset });
  limitItself(limits);
  keepSpareDescriptor();
  const pipes = new PipeSupply(`${dirname(journalPath)}/pipes`);
  const helper = await PerlLauncher.open(clock, pipes);
  const chosen = await chooseEnclosures({ clock, pin, helper });
  if ('refused' in chosen) {
    say({ type: 'refused', why: chosen.refused });
    helper?.close();
    process.exitCode = 1;
    afterThisTurn(() => process.disconnect?.());
    return;
  }
  const { enclosures, unavailable } = chosen;
  const launcher = helper ?? new NodeLauncher(pipes);
  run({ journalPath, clock, limits, enclosures, launcher, startWithinMs });
  say({ type: 'ready', containment: enclosures.level, unavailable });
}

const [journalPath, options = '{}'] = process.argv.slice(2);
if (journalPath !== undefined) void begin(journalPath, JSON.parse(options) as SpawnerArguments);
