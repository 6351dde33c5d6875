/** Starts processes the way Node does: it copies this process for each of them, and waits until the copy has become another. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fchownSync, openSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Launch, Launched, LaunchEvents, Launcher, OutputStream } from './launcher.ts';
import type { OutputPipe, PipeSupply } from './pipe.ts';

export class NodeLauncher implements Launcher {
  readonly #pipes: PipeSupply;

  constructor(pipes: PipeSupply) {
    this.#pipes = pipes;
  }

  launch(what: Launch, events: LaunchEvents): Launched {
    const pipes = this.#openPipes(events);
    try {
      return this.#start(what, events, pipes);
    } catch (error) {
      for (const pipe of pipes) pipe.readable.destroy();
      throw error;
    } finally {
      for (const pipe of pipes) pipe.handedOver();
    }
  }

  close(): void {
    // Nothing is kept.
  }

  /** One for each stream, or none where there are no named pipes. */
  #openPipes(events: LaunchEvents): OutputPipe[] {
    const opened: OutputPipe[] = [];
    try {
      for (const stream of ['stdout', 'stderr'] as const) {
        const pipe = this.#pipes.take((chunk) => events.heard(stream, chunk));
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

  #start(
    { argv, env, cwd, input, fileLimitBytes, enclosure, user }: Launch,
    events: LaunchEvents,
    pipes: readonly OutputPipe[],
  ): Launched {
    const [file, ...args] = limited(enclosure.command(as(user, argv), cwd), fileLimitBytes);
    const [out, err] = pipes.map((pipe) => pipe.descriptor);
    // It may open its own streams by name.
    if (user) for (const { descriptor } of pipes) fchownSync(descriptor, user.uid, user.gid);
    const { around = (start) => start() } = enclosure;
    const given = input === null ? null : openSync(input, 'r');
    let child: ChildProcess;
    try {
      child = around(() =>
        spawn(file, args, {
          cwd,
          env: { ...env },
          detached: process.platform !== 'win32',
          stdio: [given ?? 'ignore', out ?? 'pipe', err ?? 'pipe'],
          windowsHide: true,
        }),
      );
    } finally {
      if (given !== null) closeSync(given);
    }
    child.on('error', (error) => {
      if (child.pid === undefined) events.refused(error);
    });
    const streams: Socket[] = [];
    const reading: Launched = {
      pause: () => streams.forEach((stream) => stream.pause()),
      resume: () => streams.forEach((stream) => stream.resume()),
      release: () => streams.forEach((stream) => stream.destroy()),
    };
    if (child.pid === undefined) {
      for (const pipe of pipes) pipe.readable.destroy();
      return reading;
    }
    const follow = (source: Socket): void => {
      streams.push(source);
      source.on('error', () => source.destroy());
      source.on('close', () => events.closed());
    };
    const listen = (name: OutputStream, stream: Readable | null): void => {
      if (stream === null) return;
      stream.on('data', (chunk: Buffer) => events.heard(name, chunk));
      follow(stream as Socket);
    };
    for (const pipe of pipes) follow(pipe.readable);
    for (const name of ['stdout', 'stderr'] as const) listen(name, child[name]);
    child.on('exit', (exitCode, signal) => events.exited({ exitCode, signal, isAlone: false }));
    events.started(child.pid, null);
    return reading;
  }
}

/** The limit of file size is inherited; that of the spawner itself would cut its logs. */
function limited(command: readonly [string, ...string[]], bytes: number | null): readonly [string, ...string[]] {
  if (bytes === null || process.platform !== 'linux') return command;
  return ['prlimit', `--fsize=${bytes}:${bytes}`, ...command];
}

/** Last of all, as what goes before it may need the spawner's rights. */
function as(user: Launch['user'], argv: Launch['argv']): Launch['argv'] {
  if (!user) return argv;
  return ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--', ...argv];
}

function drop(pipes: readonly OutputPipe[]): void {
  for (const pipe of pipes) {
    pipe.readable.destroy();
    pipe.handedOver();
  }
}
