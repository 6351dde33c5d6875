/** Many schedules that are due in the same second, again and again, beside a server that is kept busy: the measured side. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tell, type Answer, type Order } from './child.ts';

/** A timer that wakes a little before its second still belongs to it. */
const earlyMs = 50;

/** An answer as an API gives one: read, put together, written. */
const list = JSON.stringify(
  Array.from({ length: 100 }, (_, id) => ({
    id,
    name: `job ${id}`,
    state: 'succeeded',
    at: new Date(0).toISOString(),
  })),
);

async function busyServer(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(JSON.parse(list)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export interface Firing {
  readonly schedules: number;
  /** Seconds between two instants; they are the multiples of it in UTC. */
  readonly everySeconds: number;
  readonly firings: number;
  /** Small works beside, each second. */
  readonly background: number;
}

export function firingOf(order: Order): Firing {
  const field = (name: string): number => Number(order[name]);
  return {
    schedules: field('schedules'),
    everySeconds: field('everySeconds'),
    firings: field('firings'),
    background: field('background'),
  };
}

export class Fired {
  readonly #firing: Firing;
  readonly #lateness: number[] = [];
  readonly #seen: Uint8Array;
  #firstAt = Number.POSITIVE_INFINITY;
  #doubled = 0;
  #backgroundDone = 0;

  constructor(firing: Firing) {
    this.#firing = firing;
    this.#seen = new Uint8Array(firing.schedules * firing.firings);
  }

  /** The first instruction of what a schedule starts. `now` is the wall clock, where another thread read it. */
  fired(schedule: number, now = performance.timeOrigin + performance.now()): void {
    const { everySeconds, firings } = this.#firing;
    const nth = Math.floor((now - this.#firstAt + earlyMs) / (everySeconds * 1000));
    if (!(nth >= 0 && nth < firings)) return;
    const place = schedule * firings + nth;
    if (this.#seen[place] !== 0) this.#doubled += 1;
    else this.#lateness.push(now - this.#firstAt - nth * everySeconds * 1000);
    this.#seen[place] = 1;
  }

  get background(): () => void {
    return () => (this.#backgroundDone += 1);
  }

  /** When everything is set up: chooses the first instant that counts, keeps the background going, and answers after the last. */
  async watch(startOne: () => unknown = () => setImmediate(this.background)): Promise<Answer> {
    const { everySeconds, firings, background } = this.#firing;
    const step = everySeconds * 1000;
    this.#firstAt = Math.ceil((Date.now() + 1000) / step) * step;
    tell('ready', { url: await busyServer() });
    const timer = background === 0 ? undefined : setInterval(startOne, 1000 / background);
    const until = this.#firstAt + firings * step - 2 * earlyMs;
    await new Promise((resolve) => setTimeout(resolve, until - Date.now()));
    clearInterval(timer);
    const skipped = this.#seen.filter((times) => times === 0).length;
    return { lateness: this.#lateness, skipped, doubled: this.#doubled, background: this.#backgroundDone };
  }
}
