import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Invitation, Person } from '../model/person.ts';

/** An opaque credential by its SHA-256; the secret itself is never stored. */
export interface SignIn {
  readonly hash: string;
  readonly personId: Id;
  readonly createdAt: Instant;
  readonly seenAt: Instant;
  readonly expiresAt: Instant;
  readonly userAgent: string | null;
  readonly address: string | null;
  /** The person's when it was made: it is over once that is higher. */
  readonly epoch: number;
  /** When its person last showed who they are. */
  readonly provenAt: Instant;
  /** The person whose eyes it looks with; absent for its own. */
  readonly viewedId?: Id;
  /** Until when. */
  readonly viewedUntil?: Instant | null;
}

export interface PeopleTable {
  /** @throws `name_taken` when the address is in use */
  insert(person: Person): Promise<void>;
  /** All but the address, the password and when it was seen. @returns false when it is gone */
  update(person: Person): Promise<boolean>;
  /** With sign-ins and their methods, keys, calendar feeds and limits of theirs; what they owned is nobody's. @returns false when there was none */
  remove(id: Id): Promise<boolean>;
  /** Holds back other changes of people until the transaction ends, so that what it reads of them stays true. */
  lock(): Promise<void>;
  byEmail(email: string): Promise<Person | null>;
  get(id: Id): Promise<Person | null>;
  /** By name. */
  list(): Promise<readonly Person[]>;
  firstAdmin(): Promise<Person | null>;
  count(): Promise<number>;
  setPassword(id: Id, passwordHash: string): Promise<void>;
  addSignIn(signIn: SignIn): Promise<void>;
  signIn(hash: string): Promise<SignIn | null>;
  /** Newest first. */
  signInsOf(personId: Id): Promise<readonly SignIn[]>;
  /** Notes that it was used, on its person too. */
  touchSignIn(hash: string, seenAt: Instant): Promise<void>;
  /** Notes that its person showed once more who they are. */
  proveSignIn(hash: string, provenAt: Instant): Promise<void>;
  /** Has it look with a person's eyes; null with its own again. @returns false when it is gone, or did so already */
  viewAs(hash: string, view: { readonly personId: Id; readonly until: Instant } | null): Promise<boolean>;
  endSignIn(hash: string): Promise<void>;
  /** @param but the hash of one that stays @returns how many */
  endSignIns(personId: Id, but?: string | null): Promise<number>;
  pruneSignIns(now: Instant): Promise<number>;
  /** In the place of one for the same address. */
  invite(invitation: Invitation): Promise<void>;
  /** Newest first. */
  invitations(): Promise<readonly Invitation[]>;
  invitation(hash: string): Promise<Invitation | null>;
  /** @returns false when there was none */
  removeInvitation(id: Id): Promise<boolean>;
  /** Those that were over before. */
  pruneInvitations(before: Instant): Promise<number>;
}
