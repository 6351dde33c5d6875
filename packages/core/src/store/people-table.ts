import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';

const roles = ['viewer', 'operator', 'editor', 'admin'] as const;
/** Each holds the one before. Until people can be invited only `admin` is made. */
export type Role = (typeof roles)[number];

export interface Person {
  readonly id: Id;
  readonly createdAt: Instant;
  /** Lower case; unique. */
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly timezone: string;
  readonly active: boolean;
  /** argon2id in PHC form. */
  readonly passwordHash: string;
  /** Raised when all of a person's credentials must end. */
  readonly epoch: number;
}

/** An opaque credential by its SHA-256; the secret itself is never stored. */
export interface SignIn {
  readonly hash: string;
  readonly personId: Id;
  readonly createdAt: Instant;
  readonly seenAt: Instant;
  readonly expiresAt: Instant;
  readonly userAgent: string | null;
  readonly address: string | null;
}

export interface PeopleTable {
  /** @throws `name_taken` when the address is in use */
  insert(person: Person): Promise<void>;
  byEmail(email: string): Promise<Person | null>;
  get(id: Id): Promise<Person | null>;
  firstAdmin(): Promise<Person | null>;
  count(): Promise<number>;
  setPassword(id: Id, passwordHash: string): Promise<void>;
  addSignIn(signIn: SignIn): Promise<void>;
  signIn(hash: string): Promise<SignIn | null>;
  touchSignIn(hash: string, seenAt: Instant): Promise<void>;
  endSignIn(hash: string): Promise<void>;
  endSignIns(personId: Id): Promise<void>;
  pruneSignIns(now: Instant): Promise<number>;
}
