/** The first administrator: by a one-time token that the start prints, or unattended by settings. Never by default. */
import { timingSafeEqual } from 'node:crypto';
import {
  audited,
  checkedPersonName,
  checkPersonZone,
  hashOfToken,
  invalidField,
  isEmail,
  JobTriggerError,
  note,
  subjectOf,
  type Actor,
  type Config,
  type Person,
  type Store,
  type System,
} from 'job-trigger-core';
import { hashPassword } from './passwords.ts';

const tokenKey = 'setup_token';
const tokenMs = 30 * 60_000;

export interface SetUpContext {
  readonly store: Store;
  readonly system: System;
  readonly config: Config;
  readonly zone: string;
}

export interface FirstPerson {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly timezone: string;
}

/** A fresh one-time token, the former one being void; null once an administrator exists. */
export async function issueSetupToken({
  store,
  system,
}: Pick<SetUpContext, 'store' | 'system'>): Promise<string | null> {
  if ((await store.people.count()) > 0) return null;
  const token = Buffer.from(system.random.bytes(24)).toString('base64url');
  await store.settings.set(tokenKey, { hash: hashOfToken(token), expiresAt: (await store.now()) + tokenMs });
  return token;
}

async function checkToken(store: Store, token: string): Promise<void> {
  const stored = (await store.settings.get(tokenKey)) as { hash?: unknown; expiresAt?: unknown } | null | undefined;
  const expected = typeof stored?.hash === 'string' ? stored.hash : hashOfToken('');
  const matches = timingSafeEqual(Buffer.from(hashOfToken(token)), Buffer.from(expected));
  if (!matches || token === '' || Number(stored?.expiresAt ?? 0) < (await store.now()))
    throw new JobTriggerError(
      'unauthenticated',
      'This set-up link is not valid or too old. Print a new one with: jtp setup-token',
    );
}

function checkPerson({ email, name, timezone }: FirstPerson): void {
  if (!isEmail(email)) throw invalidField('email', 'is no e-mail address');
  checkedPersonName(name);
  checkPersonZone(timezone);
}

async function createAdministrator(
  { store }: Pick<SetUpContext, 'store'>,
  first: FirstPerson,
  actor: Actor,
): Promise<Person> {
  checkPerson(first);
  const passwordHash = await hashPassword(first.password);
  const [id = 0] = await store.ids(1);
  return audited(store, async (tables) => {
    // Two set-ups at once: the key is written once, and only its writer goes on.
    const winner = await tables.settings.setOnce('first_administrator', id);
    if (winner !== id || (await tables.people.count()) > 0)
      throw new JobTriggerError('setup_already_done', 'An administrator exists already.');
    const person: Person = {
      id,
      createdAt: await tables.now(),
      email: first.email.toLowerCase(),
      name: first.name.trim(),
      role: 'admin',
      timezone: first.timezone,
      active: true,
      passwordHash,
      epoch: 1,
      approver: false,
      seenAt: null,
    };
    await tables.people.insert(person);
    await tables.settings.remove(tokenKey);
    await tables.events.append([
      { kind: 'person.created', actor: person.name, data: { name: person.name, role: person.role } },
    ]);
    const { name, role, timezone } = person;
    await note(tables, actor, {
      action: 'setup.completed',
      subject: subjectOf('person', person),
      after: { name, role, timezone },
    });
    return person;
  });
}

/** @throws `setup_already_done`, `unauthenticated`, `invalid` */
export async function setUp(
  context: Pick<SetUpContext, 'store'>,
  token: string,
  first: FirstPerson,
  actor: Actor,
): Promise<Person> {
  if ((await context.store.people.count()) > 0)
    throw new JobTriggerError('setup_already_done', 'An administrator exists already.');
  await checkToken(context.store, token);
  return createAdministrator(context, first, actor);
}

/** Makes the administrator that the settings name. @returns a set-up token when a person has to come, else null */
export async function ensureAdministrator(context: SetUpContext): Promise<string | null> {
  const { adminEmail, adminPassword } = context.config.values;
  if ((await context.store.people.count()) > 0) return null;
  if (adminEmail === null) return issueSetupToken(context);
  if (adminPassword === null)
    throw new JobTriggerError(
      'configuration_invalid',
      'admin.email is set without admin.password (JOB_PORTAL_ADMIN_PASSWORD).',
    );
  const first = {
    email: adminEmail,
    name: adminEmail.split('@')[0] ?? adminEmail,
    password: adminPassword,
    timezone: context.zone,
  };
  await createAdministrator(context, first, { personId: null, name: 'the settings', via: 'library' });
  return null;
}
