/** Opaque credentials: 256 random bits, of which only the SHA-256 is stored. */
import {
  audited,
  hashOfToken,
  namedSubject,
  note,
  subjectOf,
  type Actor,
  type Instant,
  type Person,
  type SignIn,
  type Store,
  type System,
} from 'job-trigger-core';

/** A session ends this long after it was last seen, and at the latest after seven days. */
const idleMs = 12 * 3_600_000;
export const idleSeconds = idleMs / 1000;
const longestMs = 7 * 86_400_000;

/** Signs a person in. @returns the secret, told once, and its seconds to live */
export async function signIn(
  { store, system }: { readonly store: Store; readonly system: System },
  person: Person,
  from: { readonly userAgent: string | null; readonly address: string | null },
  actor: Actor,
): Promise<{ readonly secret: string; readonly seconds: number }> {
  const secret = Buffer.from(system.random.bytes(32)).toString('base64url');
  const now = await store.now();
  const hash = hashOfToken(secret);
  await audited(store, async (tables) => {
    await tables.people.addSignIn({
      hash,
      personId: person.id,
      createdAt: now,
      seenAt: now,
      expiresAt: now + longestMs,
      epoch: person.epoch,
      provenAt: now,
      ...from,
    });
    const who = { ...actor, personId: person.id, name: person.name };
    await note(tables, who, { action: 'sign_in.succeeded', subject: subjectOf('person', person) });
  });
  await store.people.touchSignIn(hash, now);
  return { secret, seconds: idleSeconds };
}

/** Ends one sign-in, which its person asked for. */
export async function endSignIn(store: Store, hash: string, actor: Actor): Promise<void> {
  const person = actor.personId === null ? null : await store.people.get(actor.personId);
  await audited(store, async (tables) => {
    await tables.people.endSignIn(hash);
    const subject = person === null ? namedSubject('person', actor.name) : subjectOf('person', person);
    await note(tables, actor, { action: 'sign_in.ended', subject });
  });
}

/**
 * The person behind a credential, of which only the hash is known; null when it is unknown, over, or its person may no
 * longer sign in.
 */
export async function whoIs(
  store: Store,
  hash: string,
): Promise<{ readonly person: Person; readonly signIn: SignIn; readonly now: Instant } | null> {
  const found = await store.people.signIn(hash);
  if (found === null) return null;
  const now = await store.now();
  if (found.expiresAt <= now || found.seenAt + idleMs <= now) return null;
  const person = await store.people.get(found.personId);
  if (person === null || !person.active || person.epoch !== found.epoch) return null;
  // Once a minute is enough to know that it is used, and keeps reads from writing.
  if (now - found.seenAt > 60_000) await store.people.touchSignIn(found.hash, now);
  return { person, signIn: found, now };
}
