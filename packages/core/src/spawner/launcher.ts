/** What makes the first process of a tree and hears what it says. */
import type { StartOrder } from './protocol.ts';
import type { Enclosure } from './tree.ts';
import type { Usage } from './usage.ts';

/** A program with everything the system wants to know of it. */
export interface Launch {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** A file to read as standard input; null reads nothing. */
  readonly input: string | null;
  /** The most bytes a file of it may have; null is no limit. */
  readonly fileLimitBytes: number | null;
  readonly enclosure: Enclosure;
  /** Whom it runs as, in that group and no other; null for the spawner's own. */
  readonly user: StartOrder['user'] | null;
}

export type OutputStream = 'stdout' | 'stderr';

/** What becomes of a launch. Either `refused`, or `started` and later one of the other two. */
export interface LaunchEvents {
  /** @param first of a namespace made for this launch alone; null where there is none */
  readonly started: (pid: number, first: FirstProcess | null) => void;
  /** Nothing of the program was carried out; may come after `started`, when the last step failed. */
  readonly refused: (error: Error) => void;
  /** The chunk is only valid during the call. */
  readonly heard: (stream: OutputStream, chunk: Buffer) => void;
  /** A stream has come to its end; two of them for each process that was started. */
  readonly closed: () => void;
  /** @param isAlone nothing that it started is alive any more; false when that is not known */
  readonly exited: (end: {
    readonly exitCode: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly isAlone: boolean;
    /** Of the process and those that it and its own waited for, as the kernel counted; absent where nobody told. */
    readonly used?: Usage;
  }) => void;
  /** How it ends nobody will know. */
  readonly lost: () => void;
}

/** The first process of a namespace: the tree in it ends with it. */
export interface FirstProcess {
  readonly pid: number;
  /** Resolves when it has ended, and everything in its namespace before it. */
  readonly gone: Promise<void>;
}

/** The reading of one launch's output. */
export interface Launched {
  pause(): void;
  resume(): void;
  /** Reads no more, whoever holds the other end. Nothing is heard or closed after it. */
  release(): void;
}

export interface Launcher {
  /** @throws the system's error when it is short of something */
  launch(what: Launch, events: LaunchEvents): Launched;
  close(): void;
}
