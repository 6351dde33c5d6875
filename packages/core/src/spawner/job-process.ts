/**
 * The life of one process tree: started, read, stopped when its time is over or somebody asks, and ended.
 *
 * It ends on the exit of its first process and at most two seconds of reading what is left. Waiting for the streams to
 * close would let any daemon that inherited them hold the run open.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { statSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Instant, Millis } from '../model/instant.ts';
import type { Clock } from '../system/clock.ts';
import { LogWriter } from './log-writer.ts';
import type { OutputPipe, PipeSupply } from './pipe.ts';
import { ProcessTree } from './process-tree.ts';
import {
  toStartError,
  type Ended,
  type StartError,
  type Started,
  type StartOrder,
  type StopReason,
} from './protocol.ts';
import { StreamTail } from './stream-tail.ts';
import { UsageWatch } from './usage.ts';

const drainMs: Millis = 2000;
/** Without output for so long, the streams are held by something that has nothing to say. */
const quietMs: Millis = 250;
const pollMs: Millis = 25;
const stderrTailBytes = 8 * 1024;

export interface JobProcessOptions {
  readonly order: StartOrder;
  readonly pipes: PipeSupply;
  readonly clock: Clock;
  readonly onStarted: (started: Started) => void;
  /** Called once, last. */
  readonly onEnded: (ended: Ended) => void;
}

export class JobProcess {
  readonly order: StartOrder;
  readonly #options: JobProcessOptions;
  readonly #clock: Clock;
  readonly #stderr = new StreamTail(stderrTailBytes);
  readonly #streams: Socket[] = [];
  #log: LogWriter | null = null;
  #tree: ProcessTree | null = null;
  #usage: UsageWatch | null = null;
  #openStreams = 0;
  #spokeAt: Millis = 0;
  #stopped: StopReason | null = null;
  #killAt: Millis = Infinity;
  #hasExited = false;
  #cancelTimeout: () => void = () => undefined;
  #wake: () => void = () => undefined;

  constructor(options: JobProcessOptions) {
    this.order = options.order;
    this.#options = options;
    this.#clock = options.clock;
  }

  start(): void {
    let pipes: OutputPipe[] = [];
    try {
      const { log: path, outputLimitBytes: limitBytes } = this.order;
      const onRoom = (): void => this.#streams.forEach((stream) => stream.resume());
      this.#log = new LogWriter({ path, limitBytes, clock: this.#clock, onRoom });
      pipes = this.#openPipes();
      this.#launch(pipes);
    } catch (error) {
      drop(pipes);
      void this.#notStarted(toStartError(error, explain(error as Error, this.order)));
    } finally {
      for (const pipe of pipes) pipe.handedOver();
    }
  }

  /** Asks the tree to end, and kills it after the grace. A second call can only shorten the grace. */
  stop(why: StopReason, graceMs: Millis = this.order.killGraceMs): void {
    const first = this.#stopped === null;
    // What ended by itself keeps its result.
    if (this.#tree === null || (this.#hasExited && first)) return;
    this.#stopped ??= why;
    this.#killAt = Math.min(this.#killAt, this.#clock.mono() + graceMs);
    if (first && graceMs > 0) this.#tree.signal('SIGTERM');
    if (graceMs > 0) void this.#clock.after(graceMs, () => this.#killIfDue());
    else this.#killIfDue();
  }

  #killIfDue(): void {
    if (!this.#hasExited && this.#clock.mono() >= this.#killAt - 1) this.#tree?.signal('SIGKILL');
  }

  /** One for each stream, or none where there are no named pipes. */
  #openPipes(): OutputPipe[] {
    const opened: OutputPipe[] = [];
    try {
      for (const stream of ['stdout', 'stderr'] as const) {
        const pipe = this.#options.pipes.take((chunk) => this.#hear(stream, chunk));
        if (pipe !== null) opened.push(pipe);
      }
      if (opened.length === 2) return opened;
      drop(opened);
      return [];
    } catch (error) {
      drop(opened);
      throw error;
    }
  }

  #launch(pipes: readonly OutputPipe[]): void {
    const { argv, env, cwd, timeoutMs } = this.order;
    const [file, ...args] = argv;
    const [out, err] = pipes.map((pipe) => pipe.descriptor);
    const child = spawn(file, args, {
      cwd,
      env: { ...env },
      detached: process.platform !== 'win32',
      stdio: ['ignore', out ?? 'pipe', err ?? 'pipe'],
      windowsHide: true,
    });
    child.on('error', (error) => {
      if (child.pid === undefined) void this.#notStarted(toStartError(error, explain(error, this.order)));
    });
    if (child.pid === undefined) {
      for (const pipe of pipes) pipe.readable.destroy();
      return;
    }
    const started: Started = { pid: child.pid, startedAt: this.#clock.wall() };
    const runId = env['JTP_RUN_ID'];
    this.#tree = new ProcessTree({
      pid: child.pid,
      mark: runId === undefined ? null : `JTP_RUN_ID=${runId}`,
      clock: this.#clock,
    });
    this.#usage = new UsageWatch(child.pid, this.#clock);
    for (const pipe of pipes) this.#follow(pipe.readable);
    for (const name of ['stdout', 'stderr'] as const) this.#listen(name, child[name]);
    this.#awaitExit(child);
    if (timeoutMs !== null) this.#cancelTimeout = this.#clock.after(timeoutMs, () => this.stop('timed_out'));
    this.#options.onStarted(started);
  }

  /** Null where the output goes through a pipe of ours. */
  #listen(name: 'stdout' | 'stderr', stream: Readable | null): void {
    if (stream === null) return;
    stream.on('data', (chunk: Buffer) => this.#hear(name, chunk));
    this.#follow(stream as Socket);
  }

  #hear(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    this.#spokeAt = this.#clock.mono();
    if (stream === 'stderr') this.#stderr.push(chunk);
    if (this.#log?.write(stream, chunk) === false) for (const each of this.#streams) each.pause();
  }

  #follow(source: Socket): void {
    this.#streams.push(source);
    this.#openStreams += 1;
    source.on('error', () => source.destroy());
    source.on('close', () => {
      this.#openStreams -= 1;
      this.#wake();
    });
  }

  #awaitExit(child: ChildProcess): void {
    child.on('exit', (exitCode, signal) => {
      this.#hasExited = true;
      this.#tree?.reaped();
      this.#cancelTimeout();
      void this.#end({ exitCode, signal, endedAt: this.#clock.wall() });
    });
  }

  async #end(exit: { exitCode: number | null; signal: string | null; endedAt: Instant }): Promise<void> {
    const usage = this.#usage?.stop() ?? null;
    const until = this.#clock.mono() + drainMs;
    if (this.#stopped !== null) await this.#awaitGrace();
    else await this.#drain(until, quietMs);
    const leftBehind = this.#tree?.members().length ?? 0;
    const survivors = leftBehind === 0 ? [] : await this.#tree?.kill();
    await this.#drain(Math.max(until, this.#clock.mono() + quietMs), Infinity);
    await this.#report({
      outcome: 'exited',
      ...exit,
      timedOut: this.#stopped === 'timed_out',
      stopped: this.#stopped,
      leftBehind,
      survivors: survivors ?? [],
      ...usage,
    });
  }

  /** A stopped tree may use its grace to the end, even when its first process is gone. */
  async #awaitGrace(): Promise<void> {
    while (this.#clock.mono() < this.#killAt && (this.#tree?.members().length ?? 0) > 0) await this.#rest(pollMs);
  }

  /** Reads until both streams are closed, nothing came for `quiet`, or `until` has come. */
  async #drain(until: Millis, quiet: Millis): Promise<void> {
    const begun = this.#clock.mono();
    for (;;) {
      const now = this.#clock.mono();
      const silent =
        now - Math.max(begun, this.#spokeAt) >= quiet && !this.#streams.some((stream) => stream.isPaused());
      if (this.#openStreams === 0 || silent || now >= until) return;
      await this.#rest(pollMs);
    }
  }

  async #rest(ms: Millis): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(ms, resolve);
      this.#wake = () => {
        if (this.#openStreams > 0) return;
        cancel();
        resolve();
      };
    });
  }

  async #notStarted(error: StartError): Promise<void> {
    await this.#report({
      outcome: 'not_started',
      exitCode: null,
      signal: null,
      timedOut: false,
      stopped: null,
      endedAt: this.#clock.wall(),
      leftBehind: 0,
      survivors: [],
      error,
    });
  }

  async #report(ended: Omit<Ended, 'stderrTail' | 'bytes' | 'cutBytes'>): Promise<void> {
    for (const stream of this.#streams) stream.destroy();
    await this.#log?.end();
    const logError = this.#log?.failure?.code;
    this.#options.onEnded({
      ...ended,
      stderrTail: this.#stderr.text(),
      bytes: this.#log?.bytes ?? 0,
      cutBytes: this.#log?.cutBytes ?? 0,
      ...(logError === undefined ? {} : { logError }),
    });
  }
}

function drop(pipes: readonly OutputPipe[]): void {
  for (const pipe of pipes) {
    pipe.readable.destroy();
    pipe.handedOver();
  }
}

/** The system says ENOENT for a missing folder and a missing program alike. */
function explain(error: Error, { argv, cwd }: StartOrder): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' && !isFolder(cwd)) return `The working folder ${cwd} does not exist.`;
  if (code === 'ENOENT') return `The program ${argv[0]} does not exist, or the interpreter it names does not.`;
  if (code === 'EACCES') return `The program ${argv[0]} may not be executed.`;
  if (code === 'E2BIG') return 'Arguments and environment are larger than the system takes.';
  return error.message;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
