/**
 * Namespaces of process ids that the start helper makes with the start itself, a fork each instead of four programs. What
 * they promise is what `pid-namespace.ts` says; only root may do it this way.
 *
 * The first process is a copy of the helper: it reaps what is orphaned, and the kernel ends it with the helper, which in
 * turn ends with the spawner. The job is the helper's child, so that its end is told exactly as it was.
 */
import type { Millis } from '../model/instant.ts';
import type { Clock } from '../system/clock.ts';
import type { FirstProcess, Launcher } from './launcher.ts';
import { childrenOf, descendantsOf, processFacts } from './process-table.ts';
import type { Enclosure, Enclosures, Tree } from './tree.ts';

const verifyMs: Millis = 2000;
const probeMs: Millis = 10_000;

export class OwnNamespaces implements Enclosures {
  readonly level = 'pidns';
  readonly #clock: Clock;

  private constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Starts a program in one. @returns what stood in the way where that does not work */
  static async probe(clock: Clock, launcher: Launcher): Promise<OwnNamespaces | string> {
    if (process.getuid?.() !== 0) return 'it needs root';
    const spaces = new OwnNamespaces(clock);
    const enclosure = spaces.#enclosure();
    const why = await new Promise<string | null>((resolve) => {
      const cancel = clock.after(probeMs, () => resolve(`no answer in ${probeMs / 1000} s`));
      const told = (said: string | null): void => {
        cancel();
        resolve(said);
      };
      // Process 1 is that of the namespace only where its own `/proc` is mounted.
      const argv = [
        '/bin/sh',
        '-c',
        'read -r name < /proc/1/comm; test "$name" = jtp-starter && test $$ -lt 1000',
      ] as const;
      const reading = launcher.launch(
        { argv, env: {}, cwd: '/', input: null, fileLimitBytes: null, enclosure, user: null },
        {
          started: () => undefined,
          heard: () => undefined,
          closed: () => undefined,
          refused: (error) => told(error.message),
          exited: ({ exitCode }) => {
            reading.release();
            told(exitCode === 0 ? null : 'the namespace has no /proc of its own');
          },
          lost: () => told('the start helper ended'),
        },
      );
    });
    return why ?? spaces;
  }

  take(): Promise<Enclosure> {
    return Promise.resolve(this.#enclosure());
  }

  close(): void {
    // Each ends with its tree.
  }

  #enclosure(): Enclosure {
    return {
      command: (argv) => argv,
      inside: 'namespace',
      tree: (pid, first) => new OwnNamespaceTree(pid, first, this.#clock),
      drop: () => undefined,
    };
  }
}

/** The tree of one namespace: exact, as no process of it can leave. */
class OwnNamespaceTree implements Tree {
  readonly #pid: number;
  readonly #first: FirstProcess | null;
  readonly #clock: Clock;
  #reaped = false;
  #alone = false;

  constructor(pid: number, first: FirstProcess | null, clock: Clock) {
    this.#pid = pid;
    this.#first = first;
    this.#clock = clock;
  }

  members(): number[] {
    return this.#all().filter((pid) => processFacts(pid)?.dead === false);
  }

  nearMembers(): number[] {
    return this.members();
  }

  /** What lost its parent is a child of the first process. */
  #all(): number[] {
    if (this.#alone) return [];
    const own = this.#reaped ? [] : [this.#pid];
    return descendantsOf([...own, ...(this.#first === null ? [] : childrenOf(this.#first.pid))]);
  }

  signal(signal: 'SIGTERM' | 'SIGKILL', members: readonly number[] = this.members()): void {
    for (const member of members) send(member, signal);
    if (signal === 'SIGKILL' && this.#first !== null && !this.#alone) send(this.#first.pid, 'SIGKILL');
  }

  reaped(isAlone: boolean): void {
    this.#reaped = true;
    this.#alone = isAlone;
  }

  async kill(): Promise<number[]> {
    if (this.#alone || this.#first === null) return [];
    this.signal('SIGKILL');
    const late = Promise.withResolvers<void>();
    const cancel = this.#clock.after(verifyMs, late.resolve);
    const isGone = await Promise.race([this.#first.gone.then(() => true), late.promise.then(() => false)]);
    cancel();
    return isGone ? [] : [this.#first.pid, ...this.#all()];
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}
