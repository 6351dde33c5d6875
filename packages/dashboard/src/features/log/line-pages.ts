import type { LogLine } from 'job-trigger-contract';

interface Page {
  readonly lines: (LogLine | undefined)[];
  letters: number;
}

/** Lines kept in pages; the page that was not needed for longest goes first, so a log of any length costs the same. */
export class LinePages {
  readonly size: number;
  readonly #pages = new Map<number, Page>();
  readonly #most: number;
  readonly #mostLetters: number;
  #letters = 0;

  /** `size` lines a page, at most `most` pages and about `mostLetters` characters. */
  constructor({ size = 500, most = 60, mostLetters = 24_000_000 } = {}) {
    this.size = size;
    this.#most = most;
    this.#mostLetters = mostLetters;
  }

  get count(): number {
    return this.#pages.size;
  }

  /** The line with this number, from 1, when it is here. */
  at(number: number): LogLine | undefined {
    return this.#pages.get(this.#pageOf(number))?.lines[(number - 1) % this.size];
  }

  put(lines: readonly LogLine[]): void {
    for (const line of lines) {
      const page = this.#touch(this.#pageOf(line.line));
      const place = (line.line - 1) % this.size;
      const change = line.text.length - (page.lines[place]?.text.length ?? 0);
      page.lines[place] = line;
      page.letters += change;
      this.#letters += change;
    }
    this.#evict();
  }

  /** First lines of the pages in which some line from `from` to `to` is absent. Those that are here count as needed now. */
  missing(from: number, to: number): readonly number[] {
    const found: number[] = [];
    for (let page = this.#pageOf(from); page <= this.#pageOf(to); page += 1) {
      const first = page * this.size + 1;
      const last = Math.min(to, first + this.size - 1);
      let whole = true;
      for (let number = Math.max(from, first); number <= last && whole; number += 1)
        whole = this.at(number) !== undefined;
      if (!whole) found.push(first);
      else this.#touch(page);
    }
    return found;
  }

  #pageOf(number: number): number {
    return Math.floor((number - 1) / this.size);
  }

  #touch(index: number): Page {
    const page = this.#pages.get(index) ?? { lines: [], letters: 0 };
    this.#pages.delete(index);
    this.#pages.set(index, page);
    return page;
  }

  #evict(): void {
    for (const [index, page] of this.#pages) {
      const tooMany = this.#pages.size > this.#most || (this.#letters > this.#mostLetters && this.#pages.size > 3);
      if (!tooMany) return;
      this.#pages.delete(index);
      this.#letters -= page.letters;
    }
  }
}
