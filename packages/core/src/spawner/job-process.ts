/**
 * The life of one process tree: started, read, stopped when its time is over or somebody asks, and ended.
 *
 * It ends on the exit of its first process and at most two seconds of reading what is left. Waiting for the streams to
 * close would let any daemon that inherited them hold the run open.
 */
import { statSync } from 'node:fs';
import type { Instant, Millis } from '../model/instant.ts';
import type { Clock } from '../system/clock.ts';
import type { Survivor } from '../model/run.ts';
import type { Launched, LaunchEvents, Launcher } from './launcher.ts';
import { LogWriter } from './log-writer.ts';
import { toSystemError } from './pid-namespace.ts';
import { PluginLines, type PluginProgress } from './plugin-lines.ts';
import { commandOf } from './process-table.ts';
import { requireProgram } from './program.ts';
import {
  toStartError,
  unknownEnd,
  type Ended,
  type StartError,
  type Started,
  type StartOrder,
  type StopReason,
} from './protocol.ts';
import { MaskedStreams } from './masked-streams.ts';
import { StreamTail } from './stream-tail.ts';
import type { Enclosure, Enclosures, Tree } from './tree.ts';
import { UsageWatch, type Usage } from './usage.ts';

const drainMs: Millis = 2000;
/** Without output for so long, the streams are held by something that has nothing to say. */
const quietMs: Millis = 250;
const pollMs: Millis = 25;
/** Nobody watches faster. */
const progressEveryMs: Millis = 1000;
const stderrTailBytes = 8 * 1024;

export interface JobProcessOptions {
  readonly order: StartOrder;
  readonly launcher: Launcher;
  readonly enclosures: Enclosures;
  /** The most bytes a file of the job may have; null is no limit. */
  readonly fileLimitBytes: number | null;
  readonly clock: Clock;
  readonly onStarted: (started: Started) => void;
  /** What a plugin told of its progress, at most once a second. */
  readonly onProgress: (progress: PluginProgress) => void;
  /** Called once, last. */
  readonly onEnded: (ended: Ended) => void;
}

export class JobProcess {
  readonly order: StartOrder;
  readonly #options: JobProcessOptions;
  readonly #clock: Clock;
  readonly #stderr = new StreamTail(stderrTailBytes);
  #output: Launched | null = null;
  #isPaused = false;
  #log: LogWriter | null = null;
  readonly #plugin: PluginLines | null;
  readonly #masked: MaskedStreams | null;
  #progress: PluginProgress | null = null;
  #cancelProgress: (() => void) | null = null;
  #tree: Tree | null = null;
  readonly #seen = new Set<number>();
  /** The first process, when it came and went before anybody looked. */
  #unseen = 0;
  #usage: UsageWatch | null = null;
  #openStreams = 0;
  #spokeAt: Millis = 0;
  #stopped: StopReason | null = null;
  #killAt: Millis = Infinity;
  /** Asked for before there was a tree. */
  #wish: { readonly why: StopReason; readonly graceMs: Millis } | null = null;
  #hasExited = false;
  /** SIGTERM was sent. */
  #wasAsked = false;
  /** Alive when the grace was over. */
  #ignoredTerm = 0;
  #cancelTimeout: () => void = () => undefined;
  #wake: () => void = () => undefined;

  constructor(options: JobProcessOptions) {
    this.order = options.order;
    this.#options = options;
    this.#clock = options.clock;
    const { secrets } = this.order;
    this.#masked = secrets === undefined ? null : new MaskedStreams(secrets);
    this.#plugin = this.order.isPlugin === true ? this.#listen() : null;
  }

  async start(): Promise<void> {
    let enclosure: Enclosure | null = null;
    try {
      const { log: path, outputLimitBytes: limitBytes, outputLimitPolicy: policy, argv, env, cwd } = this.order;
      const onRoom = (): void => this.#pause(false);
      const onFull = (): void => {
        if (policy === 'fail') this.stop('output_limit');
      };
      this.#log = new LogWriter({ path, limitBytes, policy, clock: this.#clock, onRoom, onFull });
      requireProgram({ file: argv[0], path: env['PATH'], cwd });
      enclosure = await this.#options.enclosures.take(this.#mark);
      this.#launch(enclosure);
    } catch (error) {
      enclosure?.drop();
      void this.#notStarted(toStartError(error, explain(error as Error, this.order)));
    }
  }

  /** What strays of the tree carry in their environment; null when its order names no run. */
  get #mark(): string | null {
    const runId = this.order.env['JTP_RUN_ID'];
    return runId === undefined ? null : `JTP_RUN_ID=${runId}`;
  }

  /** Asks the tree to end, and kills it after the grace. A second call can only shorten the grace. */
  stop(why: StopReason, graceMs: Millis = this.order.killGraceMs): void {
    const first = this.#stopped === null;
    if (this.#tree === null) {
      this.#wish = { why: this.#wish?.why ?? why, graceMs };
      return;
    }
    // What ended by itself keeps its result.
    if (this.#hasExited && first) return;
    this.#stopped ??= why;
    this.#killAt = Math.min(this.#killAt, this.#clock.mono() + graceMs);
    const members = this.#look();
    if (graceMs <= 0) {
      this.#killIfDue();
      return;
    }
    if (first) {
      this.#wasAsked = true;
      this.#tree.signal('SIGTERM', members);
    }
    void this.#clock.after(graceMs, () => this.#killIfDue());
  }

  #killIfDue(): void {
    if (this.#hasExited || this.#clock.mono() < this.#killAt - 1) return;
    const members = this.#look();
    if (this.#wasAsked) this.#ignoredTerm = Math.max(this.#ignoredTerm, members.length);
    this.#tree?.signal('SIGKILL', members);
  }

  #launch(enclosure: Enclosure): void {
    const { argv, env, cwd, input = null, user = null } = this.order;
    const { launcher, fileLimitBytes } = this.#options;
    this.#output = launcher.launch(
      { argv, env, cwd, input, fileLimitBytes, enclosure, user },
      {
        started: (pid, first) => this.#onStarted(pid, enclosure.tree(pid, first)),
        refused: (error) => {
          enclosure.drop();
          this.#hasExited = true;
          this.#usage?.stop();
          this.#cancelTimeout();
          void this.#notStarted(toStartError(error, explain(error, this.order)));
        },
        heard: (stream, chunk) => this.#hear(stream, chunk),
        closed: () => {
          this.#openStreams -= 1;
          this.#wake();
        },
        exited: (end) => this.#onExit(end),
        lost: () => void this.#onLost(),
      },
    );
  }

  #onStarted(pid: number, tree: Tree): void {
    const { timeoutMs } = this.order;
    const started: Started = { pid, startedAt: this.#clock.wall() };
    this.#tree = tree;
    this.#openStreams = 2;
    this.#usage = new UsageWatch(() => this.#note(tree.nearMembers()), this.#clock);
    if (timeoutMs !== null) this.#cancelTimeout = this.#clock.after(timeoutMs, () => this.stop('timed_out'));
    this.#options.onStarted(started);
    if (this.#wish !== null) this.stop(this.#wish.why, this.#wish.graceMs);
  }

  #look(): readonly number[] {
    return this.#note(this.#tree?.members() ?? []);
  }

  #note(members: readonly number[]): readonly number[] {
    for (const pid of members) this.#seen.add(pid);
    return members;
  }

  #hear(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    this.#spokeAt = this.#clock.mono();
    if (stream === 'stdout' && this.#plugin !== null) this.#plugin.push(chunk);
    else this.#keep(stream, this.#masked?.push(stream, chunk) ?? chunk);
  }

  #keep(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    if (stream === 'stderr') this.#stderr.push(chunk);
    this.#write(stream, chunk);
  }

  #write(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    if (this.#log?.write(stream, chunk) === false) this.#pause(true);
  }

  #listen(): PluginLines {
    return new PluginLines({
      log: (stream, text) => this.#write(stream, Buffer.from(`${this.#shown(text)}\n`)),
      progress: (progress) => {
        this.#progress = progress;
        this.#cancelProgress ??= this.#clock.after(progressEveryMs, () => this.#tellProgress());
      },
      broken: (message) => {
        this.#log?.note(`--- the plugin broke its protocol: ${this.#shown(message)} ---`);
        this.stop('protocol');
      },
    });
  }

  /** A text without secrets. */
  #shown(text: string): string {
    return this.#masked?.text(text) ?? text;
  }

  #tellProgress(): void {
    this.#cancelProgress?.();
    this.#cancelProgress = null;
    if (this.#progress !== null) this.#options.onProgress(this.#progress);
    this.#progress = null;
  }

  #pause(isPaused: boolean): void {
    if (this.#isPaused === isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#output?.pause();
    else this.#output?.resume();
  }

  #onExit({ exitCode, signal, isAlone, used }: Parameters<LaunchEvents['exited']>[0]): void {
    this.#hasExited = true;
    if (this.#seen.size === 0) this.#unseen = 1;
    this.#tree?.reaped(isAlone);
    this.#cancelTimeout();
    const usage = this.#usage?.stop(used) ?? null;
    void this.#end({ exitCode, signal, endedAt: this.#clock.wall() }, usage);
  }

  /** Whoever would have told how it ends is gone: the tree is ended, as nobody would ever know. */
  async #onLost(): Promise<void> {
    this.#hasExited = true;
    this.#usage?.stop();
    this.#cancelTimeout();
    const left = (await this.#tree?.kill()) ?? [];
    const survivors = left.map((pid): Survivor => ({ pid, command: commandOf(pid) }));
    const error = { code: 'spawner_died', message: 'What started the process ended before it.', retryable: false };
    await this.#report({ ...unknownEnd(this.#clock.wall()), survivors, error });
  }

  async #end(
    exit: { exitCode: number | null; signal: string | null; endedAt: Instant },
    usage: Usage | null,
  ): Promise<void> {
    const until = this.#clock.mono() + drainMs;
    if (this.#stopped !== null) await this.#awaitGrace();
    else await this.#drain(until, quietMs);
    const leftBehind = this.#look();
    const commands = new Map(leftBehind.map((pid) => [pid, commandOf(pid)]));
    const left = (await this.#tree?.kill(leftBehind)) ?? [];
    const survivors = left.map((pid): Survivor => ({ pid, command: commands.get(pid) ?? commandOf(pid) }));
    await this.#drain(Math.max(until, this.#clock.mono() + quietMs), Infinity);
    const refused = this.#entryRefused(exit);
    if (refused !== null) return this.#notStarted(toStartError(refused));
    await this.#report({
      outcome: 'exited',
      ...exit,
      timedOut: this.#stopped === 'timed_out',
      stopped: this.#stopped,
      leftBehind: leftBehind.length,
      ignoredTerm: this.#wasAsked ? Math.max(this.#ignoredTerm, leftBehind.length) : 0,
      processes: this.#seen.size + this.#unseen,
      survivors,
      ...usage,
    });
  }

  /** `nsenter` could not make the process, and said so in the process's own output: all that there is of it. */
  #entryRefused({ exitCode }: { readonly exitCode: number | null }): Error | null {
    const said = this.#stderr.text();
    if (this.#options.enclosures.level !== 'pidns' || exitCode !== 1 || !entryWords.test(said)) return null;
    return toSystemError(said);
  }

  /** A stopped tree may use its grace to the end, even when its first process is gone. */
  async #awaitGrace(): Promise<void> {
    while (this.#clock.mono() < this.#killAt && this.#look().length > 0) await this.#rest(pollMs);
  }

  /** Reads until both streams are closed, nothing came for `quiet`, or `until` has come. */
  async #drain(until: Millis, quiet: Millis): Promise<void> {
    const begun = this.#clock.mono();
    for (;;) {
      const now = this.#clock.mono();
      const silent = now - Math.max(begun, this.#spokeAt) >= quiet && !this.#isPaused;
      if (this.#log?.stalled === true) return;
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
      ignoredTerm: 0,
      processes: 0,
      survivors: [],
      error,
    });
  }

  async #report(ended: Omit<Ended, 'stderrTail' | 'bytes' | 'cutBytes'>): Promise<void> {
    this.#output?.release();
    this.#plugin?.finish();
    this.#masked?.finish((stream, rest) => this.#keep(stream, rest));
    this.#tellProgress();
    await this.#log?.end();
    const survivors = ended.survivors.map(({ pid, command }) => ({ pid, command: this.#shown(command) }));
    this.#options.onEnded({
      ...ended,
      survivors,
      stderrTail: this.#stderr.text(),
      ...this.#written(),
      ...this.#told(),
    });
  }

  #written(): Pick<Ended, 'bytes' | 'cutBytes' | 'logError'> {
    if (this.#log === null) return { bytes: 0, cutBytes: 0 };
    const { bytes, cutBytes, failure } = this.#log;
    return { bytes, cutBytes, ...(failure?.code === undefined ? {} : { logError: failure.code }) };
  }

  #told(): Pick<Ended, 'plugin'> {
    if (this.#plugin === null) return {};
    const { end, lines } = this.#plugin;
    return { plugin: { end, lines } };
  }
}

const entryWords = /^nsenter: (?:fork failed|reassociate to namespace)[^\n]*\n$/;

/** The system says ENOENT for a missing folder and a missing program alike. */
function explain(error: Error, { cwd }: StartOrder): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' && !isFolder(cwd)) return `The working folder ${cwd} does not exist.`;
  if (code === 'E2BIG') return 'Arguments and environment are larger than the system takes.';
  return error.message;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
