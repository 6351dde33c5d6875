/** Takes out of an answer what differs between two installations: ids, times, measurements, who asked. */

const measured = /(?:_seconds|_ms|_mb|_bytes)$|^(?:bytes|pid|message|request_id|next_cursor|runs)$/;
const someone = new Set([
  'requested_by',
  'author',
  'actor',
  'by',
  'deleted_by',
  'set_by',
  'ended_by',
  'acknowledged_by',
]);
const secret = new Set(['secret', 'token', 'access_token', 'ping_path', 'ping_url']);
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;
const instant = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})/g;
/** As sentences tell it: to the second, with offset and zone. */
const spokenInstant = /\d{4}-\d{2}-\d{2} \d{2}:\d{2}(?::\d{2})? \(UTC[+-]\d{2}:\d{2}, [\w/+-]+\)/g;

/** Numbers ids in the order of their first mention, so that what belongs together still shows. */
export class SameWords {
  readonly #ids: string[] = [];
  readonly #replaced: readonly (readonly [text: string | RegExp, by: string])[];

  /** @param replaced what this installation calls its own: folder, person */
  constructor(replaced: readonly (readonly [text: string | RegExp, by: string])[]) {
    this.#replaced = replaced;
  }

  text(text: string): string {
    const named = this.#replaced.reduce((all, [own, by]) => all.replaceAll(own, by), text);
    return (
      named
        .replace(uuid, (id) => {
          if (!this.#ids.includes(id)) this.#ids.push(id);
          return `<id ${this.#ids.indexOf(id) + 1}>`;
        })
        .replace(instant, '<time>')
        .replace(spokenInstant, '<time>')
        .replace(/(?<=request id: )\S+/g, '<request>')
        .replace(/(?<=token=)[\w-]{43}/g, '<secret>')
        .replace(/\d[\d.]* m?s\b/g, '<time>')
        // How long the two of a comparison took is their own; equal lengths are not told.
        .replace(/^run\t(?:wait|duration)_seconds\t.*\n/gm, '')
    );
  }

  #value(value: unknown, key: string): unknown {
    if (value === null || value === undefined) return value;
    if (secret.has(key)) return '<secret>';
    if (measured.test(key)) return `<${typeof value}>`;
    if (someone.has(key)) return '<someone>';
    if (Array.isArray(value)) return value.map((item) => this.#value(item, key));
    if (typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#value(item, name)]));
    return typeof value === 'string' ? this.#word(value, key) : value;
  }

  #word(value: string, key: string): string {
    // A person's run is `manual` at the database and `api` with a token: that is true of each.
    if ((key === 'trigger' || key === 'code') && value === 'api') return 'manual';
    // Under load a heartbeat comes late.
    if (key === 'state' && (value === 'online' || value === 'stale')) return '<there>';
    if (key === 'id' && /^\d+$/.test(value)) return '<number>';
    return this.text(value);
  }

  /** Of a document: the same with every measurement as its type. Other text as it is. */
  answer(text: string): unknown {
    try {
      return this.#value(JSON.parse(text), '');
    } catch {
      return this.text(text);
    }
  }
}
