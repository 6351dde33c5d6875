/** Passwords: argon2id, 46 MiB, one pass, one lane (`SECURITY.md` 2). At most two at a time, as each takes its memory. */
import { hash, verify } from '@node-rs/argon2';
import { invalidField, JobTriggerError } from 'job-trigger-core';

/** 2 is argon2id (`Algorithm.Argon2id`; the package's constant enum cannot be imported under isolated modules). */
const cost = { algorithm: 2, memoryCost: 47_104, timeCost: 1, parallelism: 1 } as const;

/** More than would be through within a few seconds. */
const mostWaiting = 60;

/** Lets two through and queues the rest, up to what can be waited for. */
class Gate {
  #free = 2;
  readonly #waiting: (() => void)[] = [];

  async through<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting.length >= mostWaiting)
      throw new JobTriggerError('unavailable', 'Too many people sign in at once. Try again in a few seconds.');
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free -= 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

const gate = new Gate();

/** Both composed and decomposed letters are the same password. @throws `invalid` for fewer than 8 or more than 1024 bytes */
function prepared(password: string, field: string): string {
  const text = password.normalize('NFKC');
  const bytes = Buffer.byteLength(text);
  if (bytes < 8 || bytes > 1024) throw invalidField(field, `has ${bytes} bytes; 8 to 1024 are accepted`);
  return text;
}

/** @param field what it is called where it came from */
export function hashPassword(password: string, field = 'password'): Promise<string> {
  const text = prepared(password, field);
  return gate.through(() => hash(text, cost));
}

let dummy: Promise<string> | null = null;

/** Takes as long for an unknown person (`stored` null) as for a known one. */
export async function passwordMatches(password: string, stored: string | null): Promise<boolean> {
  // The account of somebody who comes in by another way has no password.
  const known = stored === '' ? null : stored;
  dummy ??= gate.through(() => hash('nobody has this password', cost));
  const against = known ?? (await dummy);
  const text = password.normalize('NFKC').slice(0, 2048);
  const matches = await gate.through(() => verify(against, text));
  return matches && known !== null;
}
