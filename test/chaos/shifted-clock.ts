/**
 * Preloaded into each process of an installation: its wall clock is the machine's plus the milliseconds that the file in
 * `CHAOS_CLOCK` holds. Timers, `performance.now` and the uptime go on undisturbed, as they do when a clock is set.
 */
import { readFileSync } from 'node:fs';

const path = process.env['CHAOS_CLOCK'] ?? '';
/** So old may the last look be. */
const staleMs = 10;
const machine = Date.now.bind(Date);

let offset = 0;
let lookedAt = -Infinity;

function shift(): number {
  const now = performance.now();
  if (now - lookedAt > staleMs) {
    lookedAt = now;
    offset = read() ?? offset;
  }
  return offset;
}

/** Null while the file is being written, or before there is one. */
function read(): number | null {
  try {
    const text = readFileSync(path, 'utf8');
    return text.endsWith('\n') ? Number(text) : null;
  } catch {
    return null;
  }
}

const shifted = (): number => machine() + shift();

globalThis.Date = new Proxy(Date, {
  construct: (target, values, self) =>
    Reflect.construct(target, values.length === 0 ? [shifted()] : values, self) as Date,
  apply: () => new Date(shifted()).toString(),
  get: (target, name, self) => (name === 'now' ? shifted : (Reflect.get(target, name, self) as unknown)),
});
