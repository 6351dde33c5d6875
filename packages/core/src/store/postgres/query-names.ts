/**
 * Names for built queries, under which the server keeps them prepared: planning one costs it as much as carrying it out.
 * Those of transactions are few, and come again and again.
 */

/** A prepared query holds some kilobytes of the server's memory in each connection. */
const mostNamed = 100;

/** Of one store. */
export class QueryNames {
  readonly #names = new Map<string, string>();

  /** Undefined for the many that come after the first hundred. */
  of(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= mostNamed) return known;
    const name = `jtp_built_${this.#names.size}`;
    this.#names.set(text, name);
    return name;
  }
}
