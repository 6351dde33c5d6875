import type { Containment } from '../model/worker.ts';
import type { FirstProcess } from './launcher.ts';

/** Everything a job started, as far as its containment lets it be seen and ended. */
export interface Tree {
  /** Ids of the processes alive now, as this machine numbers them. */
  members(): number[];
  /** Its processes without a look at the whole machine: strays may be missing. For samples. */
  nearMembers(): number[];
  /** Sends a signal to every member; `members` saves looking for them again. */
  signal(signal: 'SIGTERM' | 'SIGKILL', members?: readonly number[]): void;
  /** Tells the tree that its first process has ended. `isAlone`: and that none of what it started is left with its parent. */
  reaped(isAlone: boolean): void;
  /** Kills until nothing is left, for two seconds at most; answers the survivors. */
  kill(members?: readonly number[]): Promise<number[]>;
}

/** What one tree is started in. */
export interface Enclosure {
  /** The program with what puts it inside. */
  readonly command: (argv: readonly [string, ...string[]], cwd: string) => readonly [string, ...string[]];
  /** Starts a child of this process where it belongs. Absent: anywhere. */
  readonly around?: <T>(start: () => T) => T;
  /** The same for one that somebody else starts: a control group by its folder, or a namespace of its own. */
  readonly inside?: string;
  /** @param pid of the child that was started with {@link Enclosure.command} */
  readonly tree: (pid: number, first: FirstProcess | null) => Tree;
  /** Nothing was started in it. */
  readonly drop: () => void;
}

/** Makes the enclosures of one level. */
export interface Enclosures {
  readonly level: Containment;
  /** @throws the system's error when it is short of something */
  take(mark: string | null): Promise<Enclosure>;
  /** Gives back what was made ahead. */
  close(): void;
}
