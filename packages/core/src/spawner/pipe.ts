/**
 * Pipes between a job and the spawner.
 *
 * Node gives a child sockets, and a socket cannot be opened again: `echo hi > /dev/stderr` fails in a shell script. A
 * named pipe can. Making one needs a program, so a supply is made ahead, many at a time, and each loses its name as soon
 * as both ends are open. Where none can be made, Node's own have to serve.
 */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, rmSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';

const batch = 48;
const refillBelow = 16;
/** A pipe of Linux holds no more. */
const readBytes = 64 * 1024;

export interface OutputPipe {
  readonly readable: Socket;
  /** For the child's side of `stdio`; closed by {@link OutputPipe.handedOver}. */
  readonly descriptor: number;
  /** The child has its own copy now; ours would hide the end of the output. */
  handedOver(): void;
}

export class PipeSupply {
  readonly #folder: string;
  #ready: string[] = [];
  #made = 0;
  #filling = false;
  #works: boolean;

  /** @param folder the supply's own; emptied first */
  constructor(folder: string) {
    this.#folder = folder;
    this.#works = process.platform !== 'win32';
    try {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch {
      this.#works = false;
    }
    this.#fill();
  }

  /**
   * Null where named pipes cannot be made. Each read goes into one buffer per pipe, so `onData` must not keep the chunk:
   * a talkative process would otherwise leave behind garbage faster than it is collected.
   *
   * @throws EMFILE and its like
   */
  take(onData: (chunk: Buffer) => void): OutputPipe | null {
    if (!this.#works) return null;
    if (this.#ready.length === 0) {
      const names = this.#names(2);
      if (spawnSync('mkfifo', ['-m', '600', ...names], { stdio: 'ignore' }).status === 0) this.#ready.push(...names);
    }
    const path = this.#ready.pop();
    if (this.#ready.length < refillBelow) this.#fill();
    if (path === undefined) return null;
    return open(path, onData);
  }

  /**
   * Put together by hand, here and for the folder: node's own walk along a path is the only thing at a start that could be
   * hot enough to wake the engine's compiler, which holds 4 MB from then on.
   */
  #names(count: number): string[] {
    return Array.from({ length: count }, () => `${this.#folder}/${++this.#made}`);
  }

  #fill(): void {
    if (!this.#works || this.#filling) return;
    this.#filling = true;
    const names = this.#names(batch);
    const done = (worked: boolean): void => {
      this.#filling = false;
      if (worked) this.#ready.push(...names);
    };
    const maker = spawn('mkfifo', ['-m', '600', ...names], { stdio: 'ignore' });
    maker.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') this.#works = false;
      done(false);
    });
    maker.on('exit', (code) => {
      // Not every file system has them; asking again for each job would only cost time.
      if (code !== 0) this.#works = false;
      done(code === 0);
    });
  }
}

function open(path: string, onData: (chunk: Buffer) => void): OutputPipe {
  const input = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let output: number;
  try {
    output = openSync(path, constants.O_WRONLY);
  } catch (error) {
    closeSync(input);
    throw error;
  } finally {
    unlinkSync(path);
  }
  let given = false;
  const buffer = Buffer.allocUnsafeSlow(readBytes);
  const callback = (length: number): boolean => {
    onData(buffer.subarray(0, length));
    return true;
  };
  return {
    readable: new Socket({ fd: input, readable: true, writable: false, onread: { buffer, callback } }),
    descriptor: output,
    handedOver() {
      if (!given) closeSync(output);
      given = true;
    },
  };
}
