/**
 * Starts processes through a helper that is a tenth of this one's size: starting a child copies the tables of its parent,
 * which costs Node twice what the child itself does. The helper starts them, into whatever encloses them, reads what they
 * say, and tells how they ended; one write carries many orders, and one read many answers.
 *
 * It is a subreaper: what a job leaves behind becomes its child. So it knows, without a look at the machine's processes,
 * when nothing is left of a tree, which is the rule.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import type { Millis } from '../model/instant.ts';
import type { Clock } from '../system/clock.ts';
import { afterThisTurn } from '../system/turn.ts';
import type { FirstProcess, Launch, Launched, LaunchEvents, Launcher, OutputStream } from './launcher.ts';
import { perlProgram } from './perl-program.ts';
import type { PipeSupply } from './pipe.ts';

const readyMs: Millis = 5000;
/** Of one argument or variable, with its end. */
const longestString = 131_072;
/** Length, letter and key. */
const headBytes = 9;
const output = 'O'.charCodeAt(0);
const nothing = Buffer.alloc(0);

/** Numbers of system calls, which differ by processor. */
const systemCalls: Readonly<Partial<Record<NodeJS.Architecture, Readonly<Record<string, number>>>>> = {
  x64: {
    setsid: 112,
    unshare: 272,
    setns: 308,
    prctl: 157,
    mount: 165,
    prlimit64: 302,
    dup3: 292,
    close_range: 436,
    wait4: 61,
    setgroups: 116,
    setresgid: 119,
    setresuid: 117,
  },
  arm64: {
    setsid: 157,
    unshare: 97,
    setns: 268,
    prctl: 167,
    mount: 40,
    prlimit64: 261,
    dup3: 24,
    close_range: 436,
    wait4: 260,
    setgroups: 159,
    setresgid: 149,
    setresuid: 147,
  },
};

const signalNames = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]),
);

/** Output of which more is to come. */
interface Flowing {
  readonly key: number;
  readonly stream: OutputStream;
  readonly left: number;
}

interface Live {
  readonly events: LaunchEvents;
  started: boolean;
  ended: boolean;
  released: boolean;
  /** Streams that may still say something. */
  open: number;
  /** Tells that the first process of its namespace has ended. */
  tellGone: (() => void) | null;
}

export class PerlLauncher implements Launcher {
  readonly #pipes: PipeSupply;
  #helper: ChildProcess;
  readonly #live = new Map<number, Live>();
  #nextKey = 1;
  #orders: Buffer[] = [];
  #rest: Buffer = nothing;
  #flowing: Flowing | null = null;
  #closed = false;
  #up: () => void = () => undefined;

  private constructor(pipes: PipeSupply) {
    this.#pipes = pipes;
    this.#helper = this.#begin();
  }

  /** @returns null where there is no Perl, or none that this machine lets do it */
  static async open(clock: Clock, pipes: PipeSupply): Promise<PerlLauncher | null> {
    if (process.platform !== 'linux' || systemCalls[process.arch] === undefined) return null;
    let launcher: PerlLauncher;
    try {
      launcher = new PerlLauncher(pipes);
    } catch {
      return null;
    }
    const isUp = await new Promise<boolean>((resolve) => {
      const cancel = clock.after(readyMs, () => resolve(false));
      launcher.#up = () => {
        cancel();
        resolve(true);
      };
      launcher.#helper.once('error', () => resolve(false));
      launcher.#helper.once('exit', () => resolve(false));
    });
    if (isUp) return launcher;
    launcher.close();
    return null;
  }

  launch({ argv, env, cwd, input, fileLimitBytes, enclosure, user }: Launch, events: LaunchEvents): Launched {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const [file, ...args] = enclosure.command(argv, cwd);
    if (
      [...args, ...variables].some(
        (text) => text.length >= longestString / 4 && Buffer.byteLength(text) >= longestString,
      )
    )
      throw Object.assign(new Error('too long'), { code: 'E2BIG' });
    if (this.#helper.exitCode !== null || this.#helper.signalCode !== null) this.#helper = this.#begin();
    const key = this.#nextKey++;
    const live: Live = { events, started: false, ended: false, released: false, open: 2, tellGone: null };
    this.#live.set(key, live);
    const limit = fileLimitBytes === null ? '' : String(fileLimitBytes);
    this.#order('S', key, [
      enclosure.inside ?? '',
      limit,
      input ?? '',
      user ? `${user.uid}:${user.gid}` : '',
      cwd,
      file,
      String(args.length + 1),
      file,
      ...args,
      ...variables,
    ]);
    return {
      pause: () => this.#order('Z', key),
      resume: () => this.#order('R', key),
      release: () => {
        if (live.released) return;
        live.released = true;
        if (live.started && live.open > 0) this.#order('D', key);
        this.#forget(key, live);
      },
    };
  }

  close(): void {
    this.#closed = true;
    this.#helper.stdin?.destroy();
    this.#helper.kill('SIGKILL');
  }

  /** @throws when the machine is short of something */
  #begin(): ChildProcess {
    const numbers = Object.entries(systemCalls[process.arch] ?? {})
      .flat()
      .map(String);
    this.#rest = nothing;
    this.#flowing = null;
    // A named pipe is read into one and the same buffer, which Node's own are not.
    const answers = this.#pipes.take((chunk) => this.#hear(chunk));
    if (answers === null) throw new Error('no named pipe can be made');
    const helper = spawn('perl', ['-e', perlProgram, String(process.pid), ...numbers], {
      cwd: '/',
      stdio: ['pipe', answers.descriptor, 'ignore'],
    });
    answers.handedOver();
    // What was lost with it is told by its end.
    helper.stdin?.on('error', () => undefined);
    answers.readable.on('error', () => answers.readable.destroy());
    // All that it said comes before its end.
    helper.on('error', () => this.#loseAll());
    helper.on('exit', () => {
      if (answers.readable.closed) this.#loseAll();
      else answers.readable.once('close', () => this.#loseAll());
    });
    return helper;
  }

  /** Its children are not ours to wait for: what becomes of them is not known. */
  #loseAll(): void {
    if (this.#closed) return;
    const lost = [...this.#live.values()];
    this.#live.clear();
    for (const live of lost) {
      live.tellGone?.();
      if (live.ended) continue;
      if (live.started) live.events.lost();
      else live.events.refused(Object.assign(new Error('The start helper ended.'), { code: 'EAGAIN' }));
    }
  }

  #order(letter: string, key: number, words: readonly string[] = []): void {
    const text = [letter, key, ...words].join('\0');
    const size = Buffer.byteLength(text);
    const frame = Buffer.allocUnsafe(4 + size);
    frame.writeUInt32BE(size, 0);
    frame.write(text, 4);
    if (this.#orders.push(frame) === 1) afterThisTurn(() => this.#send());
  }

  #send(): void {
    const all = this.#orders;
    this.#orders = [];
    this.#helper.stdin?.write(all.length === 1 ? all[0] : Buffer.concat(all));
  }

  /** The chunk is only valid during the call. Output is passed on as far as it has come, all else as whole frames. */
  #hear(chunk: Buffer): void {
    let bytes = chunk;
    if (this.#flowing !== null) bytes = this.#flow(this.#flowing, bytes);
    if (bytes.length === 0) return;
    if (this.#rest.length > 0) bytes = Buffer.concat([this.#rest, bytes]);
    while (bytes.length >= headBytes) {
      const size = bytes.readUInt32BE(0) - headBytes + 4;
      const key = bytes.readUInt32BE(5);
      const isOutput = bytes[4] === output;
      if (bytes.length < headBytes + (isOutput ? 1 : size)) break;
      const letter = String.fromCharCode(bytes[4] ?? 0);
      const body = bytes.subarray(headBytes);
      if (isOutput) {
        bytes = this.#flow({ key, stream: streamOf(body), left: size - 1 }, body.subarray(1));
      } else {
        this.#heed(letter, key, body.subarray(0, size));
        bytes = body.subarray(size);
      }
    }
    this.#rest = bytes.length === 0 ? nothing : Buffer.from(bytes);
  }

  /** @returns what belongs to the next frame */
  #flow({ key, stream, left }: Flowing, bytes: Buffer): Buffer {
    const part = bytes.subarray(0, left);
    const live = this.#live.get(key);
    if (part.length > 0 && live?.released === false) live.events.heard(stream, part);
    this.#flowing = part.length < left ? { key, stream, left: left - part.length } : null;
    this.#rest = nothing;
    return bytes.subarray(part.length);
  }

  #heed(letter: string, key: number, body: Buffer): void {
    if (letter === 'U') return this.#up();
    const live = this.#live.get(key);
    if (live === undefined) return;
    if (letter === 'C') this.#closedOne(live);
    else if (letter === 'P') this.#started(live, body);
    else if (letter === 'X') this.#exited(key, live, body);
    else if (letter === 'E') this.#refused(key, live, body);
    else if (letter === 'G') this.#gone(key, live);
  }

  #closedOne(live: Live): void {
    live.open -= 1;
    if (!live.released) live.events.closed();
  }

  #started(live: Live, body: Buffer): void {
    live.started = true;
    const pid = body.readUInt32BE(0);
    const first = body.readUInt32BE(4);
    let firstProcess: FirstProcess | null = null;
    if (first !== 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      live.tellGone = resolve;
      firstProcess = { pid: first, gone: promise };
    }
    live.events.started(pid, firstProcess);
  }

  #exited(key: number, live: Live, body: Buffer): void {
    const status = body.readUInt16BE(0);
    live.ended = true;
    const signal = status & 0x7f;
    live.events.exited({
      exitCode: signal === 0 ? status >> 8 : null,
      signal: signal === 0 ? null : (signalNames.get(signal) ?? 'SIGKILL'),
      isAlone: body[2] === 1,
      used: { memoryPeakMb: body.readUInt32BE(3) / 1024, cpuSeconds: body.readUInt32BE(7) / 1000 },
    });
    this.#forget(key, live);
  }

  #refused(key: number, live: Live, body: Buffer): void {
    const code = getSystemErrorName(-body.readUInt32BE(0));
    live.ended = true;
    live.events.refused(Object.assign(new Error(`${code}: the process could not be started`), { code }));
    this.#forget(key, live);
  }

  #gone(key: number, live: Live): void {
    live.tellGone?.();
    live.tellGone = null;
    this.#forget(key, live);
  }

  /** Kept as long as it may still say something, or its namespace lives. */
  #forget(key: number, live: Live): void {
    if (live.ended && live.released && live.tellGone === null) this.#live.delete(key);
  }
}

function streamOf(body: Buffer): OutputStream {
  return body[0] === 0x65 ? 'stderr' : 'stdout';
}
