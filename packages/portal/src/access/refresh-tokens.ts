/**
 * Tokens for programs that sign a person in and stay: a signed one for ten minutes, and an opaque one that is exchanged
 * for the next pair. All pairs of one sign-in are a family; one that comes a second time was stolen, or its thief was
 * here before: the family ends.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Tokens } from 'job-trigger-contract';
import {
  audited,
  hashOfToken,
  JobTriggerError,
  note,
  noteNothing,
  subjectOf,
  type Actor,
  type Person,
  type Store,
  type System,
} from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { actorOf } from '../route.ts';
import { accessTokenSeconds, signedToken } from './signed-tokens.ts';
import { idleSeconds, signIn, whoIs } from './sign-ins.ts';

/** Nobody asks what it is: it only must not look like a key. */
const newRefreshToken = (system: System): string => Buffer.from(system.random.bytes(32)).toString('base64url');

async function pairOf(
  options: Pick<PortalOptions, 'store' | 'operations'>,
  holder: { readonly person: Person; readonly signIn: string; readonly refresh: string; readonly seconds: number },
  actor: Actor,
): Promise<Tokens> {
  return {
    access_token: await signedToken(options, holder.person, holder.signIn, actor),
    token_type: 'Bearer',
    expires_in: accessTokenSeconds,
    refresh_token: holder.refresh,
    refresh_expires_in: holder.seconds,
    cookie: false,
  };
}

/** A new sign-in with tokens that can be renewed. A program asks: there is no cookie, and no secret of a session. */
export async function renewableTokens(
  options: Pick<PortalOptions, 'store' | 'system' | 'operations'>,
  person: Person,
  from: Parameters<typeof signIn>[2],
  actor: Actor,
): Promise<Tokens> {
  const { store, system } = options;
  const { secret, seconds } = await signIn(options, person, from, actor);
  const signInHash = hashOfToken(secret);
  const refresh = newRefreshToken(system);
  await audited(store, async (tables) => {
    const createdAt = await tables.now();
    await tables.tokens.addRefresh({ hash: hashOfToken(refresh), createdAt, signIn: signInHash, usedAt: null });
    noteNothing(tables);
  });
  return pairOf(options, { person, signIn: signInHash, refresh, seconds }, actor);
}

/** Signs a person in who asked for tokens that can be renewed. */
export async function signInRenewably(
  options: Pick<PortalOptions, 'store' | 'system' | 'operations'>,
  person: Person,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Tokens> {
  const from = { userAgent: request.headers['user-agent']?.slice(0, 300) ?? null, address: request.ip };
  void reply.header('cache-control', 'no-store');
  return renewableTokens(options, person, from, actorOf(request));
}

/** @returns false, having ended the family, when the token was used before */
function exchange(
  store: Store,
  used: string,
  next: { readonly hash: string; readonly signIn: string },
  { person, actor }: { readonly person: Person; readonly actor: Actor },
): Promise<boolean> {
  const who = { ...actor, personId: person.id, name: person.name };
  return audited(store, async (tables) => {
    const now = await tables.now();
    if (await tables.tokens.useRefresh(used, now)) {
      await tables.tokens.addRefresh({ ...next, createdAt: now, usedAt: null });
      noteNothing(tables);
      return true;
    }
    await tables.people.endSignIn(next.signIn);
    const data = { name: person.name, via: actor.via, sign_ins: 1, reason: 'refresh_replayed' };
    await tables.events.append([{ kind: 'person.signed_out', actor: person.name, data }]);
    await note(tables, who, { action: 'sign_in.replayed', subject: subjectOf('person', person) });
    return false;
  });
}

/** The next pair for a token that counts. @throws `unauthenticated`, alike for whatever is wrong */
export async function renew(
  options: Pick<PortalOptions, 'store' | 'system' | 'operations'>,
  token: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Tokens> {
  const { store, system } = options;
  const actor = actorOf(request);
  const used = hashOfToken(token);
  const found = await store.tokens.refresh(used);
  const holder = found === null ? null : await whoIs(store, found.signIn);
  const refresh = newRefreshToken(system);
  if (found !== null && holder !== null) {
    const { person } = holder;
    if (await exchange(store, used, { hash: hashOfToken(refresh), signIn: found.signIn }, { person, actor })) {
      void reply.header('cache-control', 'no-store');
      return pairOf(options, { person, signIn: found.signIn, refresh, seconds: idleSeconds }, actor);
    }
  }
  throw new JobTriggerError('unauthenticated', 'This sign-in is over. Sign in again.');
}
