/** What happened, in order: as a number that two equal worlds share, and as text where somebody wants to read it. */

export class Trace {
  readonly lines: string[] = [];
  readonly #keeps: boolean;
  readonly #now: () => number;
  #hash = 0x811c9dc5;

  constructor(keeps: boolean, now: () => number) {
    this.#keeps = keeps;
    this.#now = now;
  }

  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }

  event(who: string, what: string, how: string): void {
    const line = `${this.#now().toFixed(3).padStart(11)}  ${who.padEnd(12)} ${what}${how === '' ? '' : `: ${how}`}`;
    for (let index = 0; index < line.length; index += 1)
      this.#hash = Math.imul(this.#hash ^ line.charCodeAt(index), 0x01000193);
    if (this.#keeps) this.lines.push(line);
  }

  /** Words of the product's own log: for readers alone. */
  log(who: string, message: string, fields?: object): void {
    if (!this.#keeps) return;
    const told = fields === undefined ? '' : ` ${JSON.stringify(fields)}`;
    this.lines.push(`${this.#now().toFixed(3).padStart(11)}  ${who.padEnd(12)}   "${message}"${told}`);
  }
}
