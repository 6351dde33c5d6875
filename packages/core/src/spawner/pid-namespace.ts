/**
 * Namespaces of process ids, each the home of one tree: whatever a job forks stays inside, and all of it ends with the
 * first process of the namespace.
 *
 * That first process is ours, never the job: as number 1 a plain `sleep` would ignore TERM for good. It reaps what is
 * orphaned and does nothing else. The job enters beside it through `nsenter`, which ends exactly as the job ended, by
 * the same code or the same signal; a shell between them could not tell exit 137 from a kill. Since the namespace does
 * not depend on the job, one is made ahead.
 *
 * The kernel ends the chain by itself: `setpriv` has `unshare` killed with the spawner, `unshare` the first process
 * with itself, and that one everything inside. The death signal follows the thread that started it, here Node's first.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Millis } from '../model/instant.ts';
import type { Clock } from '../system/clock.ts';
import { childrenOf, descendantsOf, argumentsOf, processFacts } from './process-table.ts';
import type { Enclosure, Enclosures, Tree } from './tree.ts';

const madeAhead = 2;
const readyMs: Millis = 10_000;
const verifyMs: Millis = 2000;
/** A child of the first process, to wait for: `wait` takes in orphans only while it has a child of its own. */
const keeper = ['sleep', '2147483647'] as const;
const firstProcess = `trap '' TERM INT HUP QUIT; echo up; exec >/dev/null; while :; do ${keeper.join(' ')} & wait; done`;
const noEnv = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };

/** How a program is put inside: newer `nsenter` sets the working folder itself, elsewhere `env` does. */
const entries = [(cwd: string) => [`--wdns=${cwd}`], (cwd: string) => ['env', '-C', cwd]] as const satisfies readonly ((
  cwd: string,
) => readonly string[])[];
type Entry = (typeof entries)[number];

export interface PidNamespacesOptions {
  readonly clock: Clock;
}

export class PidNamespaces implements Enclosures {
  readonly level = 'pidns';
  readonly #clock: Clock;
  readonly #entry: Entry;
  readonly #ready: PidNamespace[] = [];
  #making = 0;
  #closed = false;

  private constructor(clock: Clock, entry: Entry, first: PidNamespace) {
    this.#clock = clock;
    this.#entry = entry;
    this.#keep(first);
    this.#fill();
  }

  /** Makes one and starts a program in it. @returns what stood in the way where that does not work */
  static async probe({ clock }: PidNamespacesOptions): Promise<PidNamespaces | string> {
    if (process.platform !== 'linux') return 'it needs Linux';
    let space: PidNamespace;
    try {
      space = await PidNamespace.make(clock);
    } catch (error) {
      return (error as Error).message;
    }
    let why = 'nothing can be started in a namespace';
    for (const entry of entries) {
      const said = await runOnce(space.command(entry, ['true'], '/'));
      if (said === null) return new PidNamespaces(clock, entry, space);
      why = said;
    }
    space.drop();
    return why;
  }

  async take(): Promise<Enclosure> {
    const space = this.#ready.shift() ?? (await PidNamespace.make(this.#clock));
    this.#fill();
    return {
      command: (argv, cwd) => space.command(this.#entry, argv, cwd),
      tree: (pid) => new NamespaceTree(space, pid, this.#clock),
      drop: () => space.drop(),
    };
  }

  close(): void {
    this.#closed = true;
    for (const space of this.#ready.splice(0)) space.drop();
  }

  #keep(space: PidNamespace): void {
    if (this.#closed) {
      space.drop();
      return;
    }
    this.#ready.push(space);
    void space.gone.then(() => {
      const at = this.#ready.indexOf(space);
      if (at !== -1) this.#ready.splice(at, 1);
    });
  }

  /** One at a time, so that many starts at once do not wait for namespaces that nobody asked for. */
  #fill(): void {
    if (this.#closed || this.#making > 0 || this.#ready.length >= madeAhead) return;
    this.#making += 1;
    void PidNamespace.make(this.#clock)
      .then((space) => this.#keep(space))
      .catch(() => undefined)
      .finally(() => {
        this.#making -= 1;
        if (this.#ready.length > 0) this.#fill();
      });
  }
}

class PidNamespace {
  /** `unshare`, whose end proves that the namespace is empty: it waits for the first process, and that for all others. */
  readonly #holder: ChildProcess;
  readonly holder: number;
  /** The first process, by its number outside. */
  readonly first: number;
  readonly gone: Promise<void>;

  private constructor(child: ChildProcess, holder: number, first: number) {
    this.#holder = child;
    this.holder = holder;
    this.first = first;
    this.gone = new Promise((resolve) => child.once('exit', () => resolve()));
  }

  /** @throws with the system's own code where a process could not be made */
  static async make(clock: Clock): Promise<PidNamespace> {
    const user = process.getuid?.() === 0 ? [] : ['--user', '--map-current-user'];
    // A slave sees what is mounted on the machine later; one made ahead would otherwise show an old picture.
    const space = ['--pid', '--mount', '--propagation', 'slave', '--fork', '--kill-child=KILL', '--mount-proc'];
    const child: ChildProcess = spawn(
      'setpriv',
      ['--pdeathsig', 'KILL', 'unshare', ...user, ...space, 'sh', '-c', firstProcess],
      { cwd: '/', env: noEnv, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let said = '';
    // Without a descriptor left, there are no streams either.
    child.stderr?.on('data', (text: Buffer) => (said = `${said}${text.toString()}`.slice(-500)));
    const up = Promise.withResolvers<void>();
    const cancel = clock.after(readyMs, () => up.reject(new Error(`no namespace in ${readyMs / 1000} s`)));
    child.stdout?.once('data', () => up.resolve());
    child.once('error', up.reject);
    child.once('exit', () => up.reject(toSystemError(said)));
    try {
      await up.promise;
      return PidNamespace.of(child);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    } finally {
      cancel();
      for (const stream of [child.stdout, child.stderr]) stream?.destroy();
    }
  }

  static of(child: ChildProcess): PidNamespace {
    const holder = child.pid ?? 0;
    const [first] = childrenOf(holder);
    if (first === undefined) throw new Error('the namespace has no first process');
    return new PidNamespace(child, holder, first);
  }

  command(entry: Entry, argv: readonly string[], cwd: string): readonly [string, ...string[]] {
    const ns = `/proc/${this.holder}/ns`;
    const user = process.getuid?.() === 0 ? [] : [`--user=${ns}/user`, '--preserve-credentials'];
    const inside = entry(cwd);
    // A session of its own: `kill 0` in a job would otherwise reach `nsenter`, too.
    return ['nsenter', ...user, `--pid=${ns}/pid_for_children`, `--mount=${ns}/mnt`, ...inside, 'setsid', ...argv];
  }

  /** Ends everything inside. */
  kill(): void {
    send(this.first, 'SIGKILL');
  }

  drop(): void {
    this.kill();
    this.#holder.kill('SIGKILL');
  }
}

/** The tree of one namespace: exact, as no process of it can leave. */
class NamespaceTree implements Tree {
  readonly #space: PidNamespace;
  readonly #entrance: number;
  readonly #clock: Clock;
  /** The entrance has ended: its number may by now belong to a stranger. */
  #reaped = false;

  /** @param entrance the `nsenter` that the first process of the job is a child of */
  constructor(space: PidNamespace, entrance: number, clock: Clock) {
    this.#space = space;
    this.#entrance = entrance;
    this.#clock = clock;
  }

  members(): number[] {
    const { first } = this.#space;
    const orphans = childrenOf(first).filter((pid) => !isKeeper(pid));
    const roots = [...this.#entered(), ...orphans];
    return descendantsOf(roots).filter((pid) => processFacts(pid)?.dead === false);
  }

  nearMembers(): number[] {
    return this.members();
  }

  #entered(): number[] {
    return this.#reaped ? [] : childrenOf(this.#entrance);
  }

  signal(signal: 'SIGTERM' | 'SIGKILL', members: readonly number[] = this.members()): void {
    for (const member of members) send(member, signal);
    if (signal !== 'SIGKILL') return;
    this.#space.kill();
    // It stands still when the job does, and has to tell of its end. Last, as it wakes the job: whatever waited for that
    // would else be what the job ended by.
    if (!this.#reaped) send(this.#entrance, 'SIGCONT');
  }

  reaped(): void {
    this.#reaped = true;
  }

  async kill(): Promise<number[]> {
    this.signal('SIGKILL');
    const late = Promise.withResolvers<void>();
    const cancel = this.#clock.after(verifyMs, late.resolve);
    const isGone = await Promise.race([this.#space.gone.then(() => true), late.promise.then(() => false)]);
    cancel();
    return isGone ? [] : descendantsOf([this.#space.first, ...this.#entered()]);
  }
}

function isKeeper(pid: number): boolean {
  const [program, time] = argumentsOf(pid);
  return program === keeper[0] && time === keeper[1];
}

/** Null when it ended well, else what it said. */
async function runOnce([file, ...args]: readonly [string, ...string[]]): Promise<string | null> {
  return new Promise((resolve) => {
    let said = '';
    const child = spawn(file, args, { cwd: '/', env: noEnv, stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code) => resolve(code === 0 ? null : said.trim() || `exit ${code}`));
  });
}

const refusals: readonly (readonly [RegExp, string])[] = [
  [/resource temporarily unavailable/i, 'EAGAIN'],
  [/too many open files/i, 'EMFILE'],
  [/cannot allocate memory/i, 'ENOMEM'],
  [/no space left/i, 'ENOSPC'],
];

/** What `setpriv`, `unshare` or `nsenter` said before they gave up, with the system's code for it where one is known. */
export function toSystemError(said: string): Error {
  const message = said.trim().split('\n').at(-1) ?? '';
  const code = refusals.find(([words]) => words.test(message))?.[1];
  return Object.assign(new Error(message === '' ? 'the namespace could not be made' : message), { code });
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}
