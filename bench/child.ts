/** The other side of `program.ts`: what each measured process has in common, ours and the peers'. */
import { createInterface } from 'node:readline';

/** What a process is told to do. Fields beyond `do` depend on it. */
export interface Order {
  readonly do: string;
  /** Address of its database or Redis. */
  readonly url: string;
  readonly [field: string]: unknown;
}

export type Answer = Readonly<Record<string, unknown>>;

/** One monotonic clock for all processes of a host, in milliseconds. */
export function ticks(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export function tell(name: string, facts: Answer = {}): void {
  process.stdout.write(`${JSON.stringify({ jtp: name, ...facts })}\n`);
}

/** Resolves when a line `name` was told from outside. */
export function told(name: string): Promise<void> {
  lines ??= createInterface(process.stdin);
  const heard = lines;
  return new Promise((resolve) => {
    heard.on('line', (line) => {
      if (line === name) resolve();
    });
  });
}

let lines: ReturnType<typeof createInterface> | null = null;

/** Does what the first argument orders, answers, and ends the process. */
export async function serve(acts: Readonly<Record<string, (order: Order) => Promise<Answer>>>): Promise<void> {
  const order = JSON.parse(process.argv[2] ?? '{}') as Order;
  const act = acts[order.do];
  if (act === undefined) throw new Error(`Nothing here does "${order.do}".`);
  const answer = await act(order);
  process.stdout.write(`${JSON.stringify({ jtp: 'answer', ...answer })}\n`, () => process.exit(0));
}

/** Which of `count` numbered runs were carried out, and how often. */
export class Tally {
  readonly #seen: Uint8Array;
  #left: number;
  #twice = 0;
  #firstAt = 0;
  readonly #all = Promise.withResolvers<void>();

  constructor(count: number) {
    this.#seen = new Uint8Array(count);
    this.#left = count;
  }

  /** Called by the first instruction of a run. */
  saw(number: number): void {
    if (this.#firstAt === 0) this.#firstAt = ticks();
    const before = this.#seen[number];
    if (before === undefined) throw new RangeError(`There is no run ${number}.`);
    if (before > 0) {
      this.#twice += 1;
      return;
    }
    this.#seen[number] = 1;
    this.#left -= 1;
    if (this.#left === 0) this.#all.resolve();
  }

  /** Each was carried out at least once. */
  get all(): Promise<void> {
    return this.#all.promise;
  }

  get facts(): { readonly lost: number; readonly twice: number; readonly firstAt: number } {
    return { lost: this.#left, twice: this.#twice, firstAt: this.#firstAt };
  }
}

/** Time and processor time of a stretch of work in this process. */
export function meter(): () => { readonly seconds: number; readonly cpuSeconds: number; readonly rssMb: number } {
  const [from, before] = [ticks(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(before);
    return {
      seconds: (ticks() - from) / 1000,
      cpuSeconds: (user + system) / 1e6,
      rssMb: process.memoryUsage().rss / 2 ** 20,
    };
  };
}

/** Asks every few milliseconds until it is so. */
export async function until(holds: () => Promise<boolean>, everyMs = 5): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, everyMs));
}

/** Payloads in portions, for bulk inserts. */
export function* portions(count: number, size: number): Generator<readonly number[]> {
  for (let from = 0; from < count; from += size)
    yield Array.from({ length: Math.min(size, count - from) }, (_, index) => from + index);
}
