/** Sign-in through others: who may be asked, whom they vouch for, and what is under way. */
import type { Id } from './id.ts';
import type { Instant } from './instant.ts';
import type { Role } from './person.ts';

/** One provider that people may sign in through (OpenID Connect), as the settings describe it. */
export interface OidcProvider {
  /** Stands in addresses. */
  readonly name: string;
  /** What people read on its button. */
  readonly label: string;
  /** Its identifier, to the letter as its tokens say it. */
  readonly issuer: string;
  readonly clientId: string;
  /** Null for a client that proves itself by PKCE alone. */
  readonly clientSecret: string | null;
  readonly scopes: readonly string[];
  /** Whether somebody unknown gets an account by signing in. */
  readonly autoCreate: boolean;
  /** Of those whose groups name none; null lets nobody in without such a group. */
  readonly defaultRole: Role | null;
  /** The claim that lists a person's groups; null leaves rights to administrators. */
  readonly groupsClaim: string | null;
  /** What a group gives: a role, or the right to approve. */
  readonly groups: ReadonlyMap<string, Role | 'approver'>;
  /** Whether it may stand at an address inside. */
  readonly allowPrivate: boolean;
}

/** A person as a provider knows them. Nothing but issuer and subject says who somebody is. */
export interface Identity {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly personId: Id;
  readonly issuer: string;
  readonly subject: string;
  /** What the provider called them when it last vouched; for people to tell their sign-ins apart. */
  readonly account: string;
  readonly usedAt: Instant;
}

/** What a provider vouches for, read from a token that was verified. */
export interface VouchedFor {
  readonly issuer: string;
  readonly subject: string;
  /** Lower case; null unless the provider says that it was verified. */
  readonly email: string | null;
  readonly name: string | null;
  readonly account: string;
  /** Null when the token lists none. */
  readonly groups: readonly string[] | null;
}

/** A sign-in that was begun and has not come back: of one browser, once. */
export interface OidcFlow {
  /** SHA-256 of the state that travels through the provider. */
  readonly stateHash: string;
  /** SHA-256 of what the browser keeps. */
  readonly browserHash: string;
  readonly provider: string;
  /** Whoever adds a sign-in to their account; null for a sign-in. */
  readonly personId: Id | null;
  /** SHA-256 of the invitation's token that is accepted by it; null for none. */
  readonly invitationHash: string | null;
  readonly timezone: string | null;
  readonly expiresAt: Instant;
}
