/** Secrets: set, replaced, tried, removed. No way leads to a value. */
import { invalidField, JobTriggerError } from '../errors.ts';
import type { Id, Reference } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import { secretPlace } from '../model/sealed-place.ts';
import {
  longestSecretBytes,
  secretNamePattern,
  type Secret,
  type SecretProvider,
  type SecretScope,
} from '../model/secret.ts';
import { checkCanary } from '../secrets/canary.ts';
import { systemClock } from '../system/clock.ts';
import { unmaskedWords, whyUnmasked } from '../secrets/hidden.ts';
import { Masker } from '../secrets/masker.ts';
import { refusalOfReference } from '../secrets/references.ts';
import { rotateKey, type Rotated } from '../secrets/rotate-key.ts';
import { noProviders, secretSource } from '../secrets/secret-source.ts';
import { usesOf, type SecretUse } from '../store/secret-table.ts';
import type { Tables } from '../store/store.ts';
import { keepAuditKeys } from './audit-keys.ts';
import { audited, namedSubject, note, subjectOf } from './audited.ts';
import type { Actor, OperationContext } from './context.ts';
import { boxOf, keysOf } from './installation-box.ts';
import { livingJob, notFound } from './jobs.ts';
import { keyState, type KeyState } from './key-state.ts';
import { isKnownTo } from './secret-references.ts';
import { namesSeen, requireSeen } from './seen.ts';

/** Where the value comes from: said with it, or found by a reference to where it lies. */
export interface SecretValue {
  readonly provider?: SecretProvider | undefined;
  readonly value?: string | undefined;
  readonly reference?: string | undefined;
  readonly expiresAt?: Instant | null | undefined;
}

export interface SecretInput extends SecretValue {
  readonly name: string;
  /** Default `installation`. */
  readonly scope?: SecretScope | undefined;
  /** Of the scope `job`. */
  readonly jobId?: Id | undefined;
}

/** A secret with the jobs that would be given it. */
export interface SecretView {
  readonly secret: Secret;
  /** Of the scope `job`; null when it is gone, and for the others. */
  readonly job: (Reference & { readonly name: string }) | null;
  readonly usedBy: readonly SecretUse[];
  /** Why it cannot be read where this runs, as far as that is known without asking another store; null when nothing is. */
  readonly problem: string | null;
}

export interface SecretSaved extends SecretView {
  /** What a person should know of the value. */
  readonly warnings: readonly string[];
}

export interface SecretTest {
  readonly ok: boolean;
  /** What is wrong; null when nothing is. */
  readonly problem: string | null;
  /** Why it would be shown in output; null when it is masked, or could not be read. */
  readonly warning: string | null;
}

export interface SecretOperations {
  /** Those that the actor may know of, by name. */
  list(actor: Actor): Promise<readonly SecretView[]>;
  /** @throws `invalid`, `name_taken`, `not_found` for the job, `secret_unreadable` without the right key */
  create(input: SecretInput, actor: Actor): Promise<SecretSaved>;
  /** A new value, for every run that starts from now on. @throws `not_found`, `invalid`, `secret_unreadable` without the right key */
  rotate(id: Id, value: SecretValue, actor: Actor): Promise<SecretSaved>;
  /** @throws `not_found`, `conflict` naming the jobs that use it */
  remove(id: Id, actor: Actor): Promise<void>;
  /** Whether it can be read now, in this process. @throws `not_found` */
  test(id: Id, actor: Actor): Promise<SecretTest>;
  /** A line as a log would show it, and the names of secrets that could not be read. */
  mask(line: string, actor: Actor): Promise<{ readonly masked: string; readonly unread: readonly string[] }>;
  /** Changes nothing, and makes no key where there is none. */
  keyState(): Promise<KeyState>;
  /** Puts everything sealed under the key in force, after a new one was made where it lies in the file. */
  rotateKey(actor: Actor): Promise<Rotated>;
  /** Why a provider cannot be used here; null when it can. */
  refusal(provider: SecretProvider): string | null;
  /**
   * What a program does before it begins: that sealing works, and with the key that everything was sealed with. The key
   * is made when there is none yet.
   * @throws `secret_unreadable` with how to restore it
   */
  prove(): Promise<void>;
}

interface CheckedValue {
  readonly provider: SecretProvider;
  /** Empty where the provider keeps it. */
  readonly value: string;
  readonly reference: string | null;
}

const mostSecrets = 1000;
/** Longer than a transaction takes that sealed with the key before. */
const settleMs: Millis = 500;
/** Others commit in the machine's time, also under a clock that a test moves; a program must not end meanwhile. */
const machine = systemClock({ keepsAlive: true });

/** What a person decides of it, and its value, of which only a change is told. */
function secretFacts({ scope, provider, reference, version, expiresAt, sealed }: Secret) {
  return { scope, provider, reference, version, expiresAt, secret: sealed };
}

function checkName(name: string): void {
  if (!secretNamePattern.test(name))
    throw invalidField('name', 'needs a letter, then up to 99 letters, digits, _ . or -');
}

function checkedText(value: string | undefined): string {
  if (value === undefined || value === '') throw invalidField('value', 'is needed, and cannot be empty');
  if (value.includes('\0')) throw invalidField('value', 'holds a NUL character, which no process can be given');
  if (Buffer.byteLength(value) > longestSecretBytes)
    throw invalidField('value', `has more than ${longestSecretBytes} bytes`);
  return value;
}

export function secretOperations(context: OperationContext): SecretOperations {
  const { store, system, secretProviders = noProviders } = context;
  const box = boxOf(context);
  const source = secretSource({ box, settings: secretProviders, clock: system.clock });

  /** Nothing is sealed with a key that is not the one which everything else was sealed with. */
  const prove = (): Promise<void> => checkCanary(store, box);

  /** @throws naming what is missing, or what cannot be taken together */
  function checkedValue({ provider = 'local', value, reference }: SecretValue): CheckedValue {
    if (provider === 'local') {
      if (reference !== undefined) throw invalidField('reference', 'is for other providers than local');
      return { provider, value: checkedText(value), reference: null };
    }
    if (value !== undefined) throw invalidField('value', 'is kept by the provider: give a reference to it');
    const off = source.refusal(provider);
    if (off !== null) throw invalidField('provider', `${provider} is off: ${off}`);
    const wrong = refusalOfReference(provider, reference ?? '');
    if (wrong !== null) throw invalidField('reference', wrong);
    return { provider, value: '', reference: reference ?? '' };
  }

  function warningsOf(provider: SecretProvider | undefined, value: string): readonly string[] {
    const why = (provider ?? 'local') === 'local' ? whyUnmasked(value) : null;
    return why === null ? [] : [unmaskedWords[why]];
  }

  async function known(tables: Pick<Tables, 'secrets'>, id: Id, actor: Actor, lock = false): Promise<Secret> {
    const secret = await tables.secrets.get(id, { lock });
    if (secret === null || !isKnownTo(secret, actor)) throw notFound('secret');
    return secret;
  }

  async function viewsOf(tables: Tables, secrets: readonly Secret[]): Promise<readonly SecretView[]> {
    const names = secrets.map(({ name }) => name);
    const uses = await tables.secrets.uses(names);
    const jobs = await tables.jobs.byIds(
      secrets.flatMap(({ scope, ownerId }) => (scope === 'job' ? [ownerId ?? 0] : [])),
    );
    return secrets.map((secret) => {
      const job = secret.scope === 'job' ? jobs.get(secret.ownerId ?? 0) : undefined;
      return {
        secret,
        job: job === undefined ? null : { id: job.id, createdAt: job.createdAt, name: job.definition.name },
        usedBy: usesOf(secret, uses),
        problem: source.problem(secret),
      };
    });
  }

  async function viewOf(tables: Tables, secret: Secret): Promise<SecretView> {
    const [view] = await viewsOf(tables, [secret]);
    return view ?? { secret, job: null, usedBy: [], problem: null };
  }

  const told = (kind: string, secret: Secret, actor: Actor, more: Readonly<Record<string, unknown>> = {}) => ({
    kind,
    actor: actor.name,
    data: { name: secret.name, scope: secret.scope, via: actor.via, ...more },
  });

  async function ownerOf(
    { scope = 'installation', jobId }: SecretInput,
    actor: Actor,
    tables: Tables,
  ): Promise<Id | null> {
    if (scope !== 'job' && jobId !== undefined) throw invalidField('job_id', 'belongs to the scope job');
    if (scope === 'installation') return null;
    if (scope === 'person') {
      if (actor.personId === null) throw invalidField('scope', 'person needs somebody who is signed in');
      return actor.personId;
    }
    if (jobId === undefined) throw invalidField('job_id', 'is needed by the scope job');
    await requireSeen(tables, [jobId], context, 'edit');
    return (await livingJob(tables, jobId)).id;
  }

  return {
    refusal: (provider) => source.refusal(provider),
    prove,

    async list(actor) {
      const secrets = (await store.secrets.list()).filter((secret) => isKnownTo(secret, actor));
      return viewsOf(store, secrets);
    },

    async create(input, actor) {
      checkName(input.name);
      const { provider, value, reference } = checkedValue(input);
      const { scope = 'installation', expiresAt = null } = input;
      await prove();
      const [id = 0] = await store.ids(1);
      const saved = await audited(store, async (tables) => {
        const ownerId = await ownerOf(input, actor, tables);
        if ((await tables.secrets.list()).length >= mostSecrets)
          throw new JobTriggerError('conflict', `There are ${mostSecrets} secrets already.`);
        const now = await tables.now();
        const bare = { id, scope, ownerId, version: 1 };
        const secret: Secret = {
          ...bare,
          createdAt: now,
          updatedAt: now,
          name: input.name,
          provider,
          sealed: provider === 'local' ? box.seal(value, secretPlace(bare)) : null,
          reference,
          rotatedAt: now,
          expiresAt,
          usedAt: null,
          createdBy: actor.name,
        };
        await tables.secrets.insert(secret);
        await tables.events.append([told('secret.created', secret, actor, { provider })]);
        const after = secretFacts(secret);
        await note(tables, actor, { action: 'secret.created', subject: subjectOf('secret', secret), after });
        return secret;
      });
      store.bell.ring('change');
      return { ...(await viewOf(store, saved)), warnings: warningsOf(provider, value) };
    },

    async rotate(id, input, actor) {
      const before = await known(store, id, actor);
      const given = { ...input, provider: input.provider ?? before.provider };
      const { provider, value, reference } = checkedValue(given);
      await prove();
      const saved = await audited(store, async (tables) => {
        const current = await known(tables, id, actor, true);
        const now = await tables.now();
        const version = current.version + 1;
        const secret: Secret = {
          ...current,
          provider,
          reference,
          version,
          sealed: provider === 'local' ? box.seal(value, secretPlace({ ...current, version })) : null,
          expiresAt: input.expiresAt === undefined ? null : input.expiresAt,
          rotatedAt: now,
          updatedAt: now,
        };
        await tables.secrets.update(secret);
        await tables.events.append([told('secret.rotated', secret, actor, { provider, version })]);
        const facts = { before: secretFacts(current), after: secretFacts(secret) };
        await note(tables, actor, { action: 'secret.rotated', subject: subjectOf('secret', secret), ...facts });
        return secret;
      });
      store.bell.ring('change');
      return { ...(await viewOf(store, saved)), warnings: warningsOf(provider, value) };
    },

    async remove(id, actor) {
      await audited(store, async (tables) => {
        const secret = await known(tables, id, actor, true);
        const { usedBy } = await viewOf(tables, secret);
        if (usedBy.length > 0) {
          const seen = await namesSeen(
            tables,
            usedBy.map((use) => use.id),
            context,
          );
          const names = usedBy.map((use) => seen.get(use.id) ?? use.jobName);
          const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
          throw new JobTriggerError(
            'conflict',
            `${secret.name} is used by ${names.slice(0, 5).join(', ')}${more}. Take it off them first.`,
            { jobs: names },
          );
        }
        await tables.secrets.remove(id);
        await tables.events.append([told('secret.deleted', secret, actor)]);
        const before = secretFacts(secret);
        await note(tables, actor, { action: 'secret.deleted', subject: subjectOf('secret', secret), before });
      });
      store.bell.ring('change');
    },

    async test(id, actor) {
      const secret = await known(store, id, actor);
      try {
        const why = whyUnmasked(await source.read(secret));
        return { ok: true, problem: null, warning: why === null ? null : unmaskedWords[why] };
      } catch (error) {
        return { ok: false, problem: (error as Error).message, warning: null };
      }
    },

    async mask(line, actor) {
      const secrets = (await store.secrets.list()).filter((secret) => isKnownTo(secret, actor));
      const read = await Promise.allSettled(secrets.map((secret) => source.read(secret)));
      const values = read.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      const unread = secrets.filter((_, at) => read[at]?.status === 'rejected').map(({ name }) => name);
      // Beginnings stay as they are: who may try lines would find a value letter by letter.
      return { masked: new Masker(values).text(line, { hidesBeginnings: false }), unread };
    },

    keyState: () => keyState(context),

    async rotateKey(actor) {
      await keepAuditKeys(context);
      const rotated = await rotateKey({
        box,
        keys: keysOf(context),
        place: store.secrets,
        settle: () => new Promise((resolve) => void machine.after(settleMs, resolve)),
      });
      const data = { key_id: rotated.keyId, resealed: rotated.resealed, via: actor.via };
      await audited(store, async (tables) => {
        await tables.events.append([{ kind: 'secret.key_rotated', actor: actor.name, data }]);
        const after = { keyId: rotated.keyId, resealed: rotated.resealed };
        await note(tables, actor, { action: 'secret.key_rotated', subject: namedSubject('installation', null), after });
      });
      return rotated;
    },
  };
}
