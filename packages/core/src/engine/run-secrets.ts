/** What one attempt is given in confidence: read when it starts, in memory while it lives, and nowhere else. */
import { JobTriggerError } from '../errors.ts';
import { notStarted, type HandlerOutcome } from '../handlers/handler.ts';
import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import { mostSecretBytes, secretFor, type Secret, type SecretReferences } from '../model/secret.ts';
import { RunSecrets } from '../secrets/run-secrets.ts';
import type { SecretSource } from '../secrets/secret-source.ts';
import type { Store } from '../store/store.ts';

export interface SecretFacts {
  readonly store: Pick<Store, 'secrets' | 'jobs'>;
  /** Undefined where nothing was sealed or read ever. */
  readonly source: SecretSource | undefined;
  readonly now: Instant;
}

/** A run a second needs no note of its own. */
const touchEveryMs: Millis = 60_000;

const refused = (message: string): HandlerOutcome => notStarted('secret_unavailable', message);

/** @returns why the attempt is not started, when one of them cannot be had */
export async function openRunSecrets(
  { store, source, now }: SecretFacts,
  references: SecretReferences,
  jobId: Id,
): Promise<RunSecrets | HandlerOutcome> {
  if (source === undefined) return refused('This worker was started without a way to read secrets.');
  const found = await secretsNamed(store, Object.values(references), jobId);
  if (typeof found === 'string') return refused(`There is no secret ${found} that this job may use.`);
  try {
    const values = await valuesOf(source, references, found);
    const bytes = Object.values(values).reduce((sum, value) => sum + Buffer.byteLength(value), 0);
    if (bytes > mostSecretBytes)
      return refused(`Its secrets have ${bytes} bytes together; ${mostSecretBytes} are the most.`);
    const stale = [...found.values()].filter(({ usedAt }) => usedAt === null || usedAt < now - touchEveryMs);
    if (stale.length > 0) await store.secrets.touch([...new Set(stale.map(({ id }) => id))], now);
    return new RunSecrets(values);
  } catch (error) {
    // A database that is away is no fault of the secret: the attempt is given back.
    if (error instanceof JobTriggerError && error.code === 'secret_unreadable') return refused(error.message);
    throw error;
  }
}

/** By name. @returns the first name that means none for this job, when there is one */
async function secretsNamed(
  { secrets, jobs }: SecretFacts['store'],
  names: readonly string[],
  jobId: Id,
): Promise<ReadonlyMap<string, Secret> | string> {
  const [named, job] = await Promise.all([secrets.named(names), jobs.get(jobId)]);
  const found = new Map<string, Secret>();
  for (const name of names) {
    const same = named.filter((secret) => secret.name.toLowerCase() === name.toLowerCase());
    const secret = secretFor({ id: jobId, ownerId: job?.ownerId ?? null }, same);
    if (secret === null) return name;
    found.set(name, secret);
  }
  return found;
}

/** Each is read once, however many variables are given it. */
async function valuesOf(
  source: SecretSource,
  references: SecretReferences,
  found: ReadonlyMap<string, Secret>,
): Promise<Readonly<Record<string, string>>> {
  const reading = new Map<Secret, Promise<string>>();
  for (const secret of found.values()) if (!reading.has(secret)) reading.set(secret, source.read(secret));
  const values = await Promise.all(
    Object.entries(references).map(async ([variable, name]): Promise<readonly [string, string]> => {
      const secret = found.get(name);
      return [variable, secret === undefined ? '' : ((await reading.get(secret)) ?? '')];
    }),
  );
  return Object.fromEntries(values);
}
