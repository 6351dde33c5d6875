/** Keys of programs: made by people for themselves, within their role. */
import { timingSafeEqual } from 'node:crypto';
import { invalidField, JobTriggerError } from '../errors.ts';
import { allowList, isAddressRange } from '../handlers/address.ts';
import { scopeOfRole, type ApiKey, type KeyScope } from '../model/api-key.ts';
import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import { hashOfToken } from '../model/token-hash.ts';
import { holdsRole, roles, type Person, type Role } from '../model/person.ts';
import type { NewEvent } from '../store/event-table.ts';
import type { Tables } from '../store/store.ts';
import { audited, note, subjectOf } from './audited.ts';
import type { Actor, OperationContext } from './context.ts';
import { notFound } from './jobs.ts';
import { idOfKeyText, newKeyText } from './key-text.ts';

export interface KeyInput {
  readonly name: string;
  /** At least one. */
  readonly scopes: readonly KeyScope[];
  /** Addresses and ranges as `10.0.0.0/8`. Default: any. */
  readonly addresses?: readonly string[] | undefined;
  /** Default 90, at most 366. */
  readonly validDays?: number | undefined;
}

/** With the key itself, told here and never again. */
export interface KeyMade {
  readonly key: ApiKey;
  readonly secret: string;
}

export interface KeyOperations {
  /** By name; of everybody for null. */
  list(personId: Id | null): Promise<readonly ApiKey[]>;
  /** For whoever asks. @throws `invalid`, `name_taken`, `conflict` for the fifty-first */
  create(input: KeyInput, actor: Actor): Promise<KeyMade>;
  /**
   * A new secret under the same name, for whoever owns it; the one before is taken besides it for a while.
   * @throws `not_found` for another's, `invalid`
   */
  rotate(
    id: Id,
    options: { readonly overlapSeconds?: number | undefined; readonly validDays?: number | undefined },
    actor: Actor,
  ): Promise<KeyMade>;
  /** @param anyOwner an administrator may revoke another's too @throws `not_found` */
  revoke(id: Id, options: { readonly anyOwner: boolean }, actor: Actor): Promise<void>;
  /**
   * The key that a text is, with its owner; notes once a minute that it was used. Null, alike for whatever is wrong:
   * mistyped, unknown, revoked, expired, of somebody shut out, from another address.
   */
  authenticate(text: string, address: string | null): Promise<{ readonly key: ApiKey; readonly person: Person } | null>;
}

const dayMs: Millis = 86_400_000;
const mostKeys = 50;
const mostAddresses = 50;
const longestDays = 366;
const longestOverlapSeconds = 7 * 86_400;

/** What a key may do at most: the scopes it has, of those that its owner's role holds. */
export function scopesInForce({ scopes }: Pick<ApiKey, 'scopes'>, role: Role): readonly KeyScope[] {
  const held = roles.filter((each) => holdsRole(role, each)).map((each) => scopeOfRole[each]);
  return scopes.filter((scope) => held.includes(scope));
}

function checkDays(validDays: number): number {
  if (Number.isInteger(validDays) && validDays >= 1 && validDays <= longestDays) return validDays;
  throw invalidField('valid_days', `must be 1 to ${longestDays}`);
}

function checked({ name, scopes, addresses = [], validDays = 90 }: KeyInput) {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > 100) throw invalidField('name', 'needs 1 to 100 characters');
  if (scopes.length === 0) throw invalidField('scopes', 'needs at least one');
  if (addresses.length > mostAddresses) throw invalidField('addresses', `has at most ${mostAddresses} entries`);
  for (const [place, address] of addresses.entries())
    if (!isAddressRange(address))
      throw invalidField(`addresses.${place}`, 'must be an address or a range such as 10.0.0.0/8');
  return {
    name: trimmed,
    scopes: [...new Set(scopes)],
    addresses: [...new Set(addresses)],
    days: checkDays(validDays),
  };
}

function told(verb: string, { name, scopes }: ApiKey, actor: Actor): NewEvent {
  return { kind: `key.${verb}`, actor: actor.name, data: { name, scopes, via: actor.via } };
}

const factsOf = ({ name, personId, scopes, addresses, expiresAt, formerUntil }: ApiKey) => ({
  name,
  owner: personId,
  scopes,
  addresses,
  expires_at: expiresAt,
  former_until: formerUntil,
});

const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

function isFrom({ addresses }: ApiKey, address: string | null): boolean {
  return addresses.length === 0 || (address !== null && allowList(addresses).address(address));
}

export function keyOperations({ store, system }: OperationContext): KeyOperations {
  async function ownerOf(tables: Tables, { personId }: Actor): Promise<Person> {
    const person = personId === null ? null : await tables.people.get(personId);
    if (person === null) throw new JobTriggerError('conflict', 'A key belongs to a person; there is none yet.');
    return person;
  }

  function isOf(key: ApiKey, hash: string, now: Instant): boolean {
    const isFormer = key.formerHash !== null && (key.formerUntil ?? 0) > now && isSame(key.formerHash, hash);
    return (isSame(key.hash, hash) || isFormer) && key.expiresAt > now;
  }

  return {
    list: (personId) => store.keys.list(personId),

    async create(input, actor) {
      const { name, scopes, addresses, days } = checked(input);
      const [id = 0] = await store.ids(1);
      const secret = newKeyText(id, system.random);
      const key = await audited(store, async (tables) => {
        const owner = await ownerOf(tables, actor);
        const held = scopesInForce({ scopes }, owner.role);
        const beyond = scopes.findIndex((scope) => !held.includes(scope));
        if (beyond >= 0)
          throw invalidField(`scopes.${beyond}`, `'${scopes[beyond]}' is more than the role ${owner.role} may`);
        if ((await tables.keys.list(owner.id)).length >= mostKeys)
          throw new JobTriggerError('conflict', `There are ${mostKeys} keys already. Revoke one that is not needed.`);
        const now = await tables.now();
        const made: ApiKey = {
          id,
          createdAt: now,
          personId: owner.id,
          name,
          scopes,
          addresses,
          hash: hashOfToken(secret),
          formerHash: null,
          formerUntil: null,
          expiresAt: now + days * dayMs,
          usedAt: null,
          usedFrom: null,
        };
        await tables.keys.insert(made);
        await tables.events.append([told('created', made, actor)]);
        await note(tables, actor, { action: 'key.created', subject: subjectOf('key', made), after: factsOf(made) });
        return made;
      });
      return { key, secret };
    },

    async rotate(id, { overlapSeconds = 86_400, validDays = 90 }, actor) {
      if (!(overlapSeconds >= 0 && overlapSeconds <= longestOverlapSeconds))
        throw invalidField('overlap_seconds', `must be 0 to ${longestOverlapSeconds}`);
      const days = checkDays(validDays);
      const secret = newKeyText(id, system.random);
      const key = await audited(store, async (tables) => {
        const before = await tables.keys.get(id, { lock: true });
        if (before === null || before.personId !== actor.personId) throw notFound('key');
        const now = await tables.now();
        const formerUntil = Math.min(now + overlapSeconds * 1000, before.expiresAt);
        const isTakenOn = formerUntil > now;
        const after: ApiKey = {
          ...before,
          hash: hashOfToken(secret),
          formerHash: isTakenOn ? before.hash : null,
          formerUntil: isTakenOn ? formerUntil : null,
          expiresAt: now + days * dayMs,
        };
        await tables.keys.renew(after);
        await tables.events.append([told('rotated', after, actor)]);
        const facts = { before: factsOf(before), after: factsOf(after) };
        await note(tables, actor, { action: 'key.rotated', subject: subjectOf('key', after), ...facts });
        return after;
      });
      return { key, secret };
    },

    async revoke(id, { anyOwner }, actor) {
      await audited(store, async (tables) => {
        const key = await tables.keys.get(id, { lock: true });
        if (key === null || (!anyOwner && key.personId !== actor.personId)) throw notFound('key');
        await tables.keys.remove(id);
        await tables.events.append([told('revoked', key, actor)]);
        await note(tables, actor, { action: 'key.revoked', subject: subjectOf('key', key), before: factsOf(key) });
      });
      store.bell.ring('change');
    },

    async authenticate(text, address) {
      const id = idOfKeyText(text);
      const key = id === null ? null : await store.keys.get(id);
      if (key === null) return null;
      const now = await store.now();
      if (!isOf(key, hashOfToken(text), now)) return null;
      if (!isFrom(key, address)) return null;
      const person = await store.people.get(key.personId);
      if (person === null || !person.active) return null;
      if (now - (key.usedAt ?? 0) >= 60_000) await store.keys.touch(key.id, { at: now, from: address });
      return { key, person };
    },
  };
}
