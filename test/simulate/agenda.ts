/** What happens next in a simulated world: events in the order of its one true time. Nothing here waits in real time. */

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

const isBefore = (a: Planned, b: Planned): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/**
 * A microtask queue that is empty: everything that one event set off has come to rest. Ticks come after microtasks, and
 * nothing in a world waits for more; a turn of the event loop for each event would take a tenth of the time.
 */
const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

export class Agenda {
  readonly #heap: Planned[] = [];
  #now = 0;
  #order = 0;

  /** Milliseconds since the world began. */
  get now(): number {
    return this.#now;
  }

  after(delay: number, run: () => void): void {
    this.#push({ at: this.#now + Math.max(0, delay), order: (this.#order += 1), run });
  }

  at(instant: number, run: () => void): void {
    this.after(instant - this.#now, run);
  }

  /** Lets the world go on until `end`, or until `isOver` says so after an event. */
  async runUntil(end: number, isOver: () => boolean = () => false): Promise<void> {
    while (this.#heap[0] !== undefined && this.#heap[0].at <= end) {
      const { at, run } = this.#pop(this.#heap[0]);
      this.#now = at;
      run();
      await settled();
      if (isOver()) return;
    }
    this.#now = Math.max(this.#now, end);
  }

  #push(planned: Planned): void {
    const heap = this.#heap;
    let place = heap.push(planned) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(planned, above)) break;
      heap[place] = above;
      heap[parent] = planned;
      place = parent;
    }
  }

  #pop(first: Planned): Planned {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || last === first) return first;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      let below = heap[child];
      const other = heap[child + 1];
      if (below === undefined) break;
      if (other !== undefined && isBefore(other, below)) {
        child += 1;
        below = other;
      }
      if (!isBefore(below, last)) break;
      heap[place] = below;
      heap[child] = last;
      place = child;
    }
    heap[place] = last;
    return first;
  }
}
