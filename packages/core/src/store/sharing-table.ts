import type { Id } from '../model/id.ts';
import type { JobLevel, Share, ShareKind, Team } from '../model/sight.ts';

/** One reason for which a person sees a job. */
export interface GrantFound {
  readonly kind: 'owner' | ShareKind;
  readonly level: JobLevel;
  /** Of the team. */
  readonly team: string | null;
}

/** A share with the name of whom it is with. */
export interface NamedShare extends Share {
  /** Null for everyone. */
  readonly name: string | null;
  /** Of a person. */
  readonly email: string | null;
  readonly granteeCreatedAt: number | null;
}

/** Whom jobs are shared with. The owner counts as one of them: what a person sees is one look into one table. */
export interface SharingTable {
  /** Without the owner; everyone first, then teams, then people, by name. */
  shares(jobId: Id): Promise<readonly NamedShare[]>;
  /** In place of those there were; the owner stays. */
  setShares(jobId: Id, shares: readonly Share[]): Promise<void>;
  /** @throws `name_taken` when the new owner has a job of that name. */
  setOwner(jobId: Id, ownerId: Id | null): Promise<void>;
  /** Why a person sees a job; nothing where they do not. */
  grants(jobId: Id, personId: Id): Promise<readonly GrantFound[]>;
  /** The most that each of the jobs is to a person; those they do not see are absent. */
  levels(jobIds: readonly Id[], personId: Id): Promise<ReadonlyMap<Id, JobLevel>>;
  /** By name. */
  teams(): Promise<readonly Team[]>;
  team(id: Id): Promise<Team | null>;
  teamByName(name: string): Promise<Team | null>;
  /** Writes it over what was there. @throws `name_taken` */
  setTeam(team: Team): Promise<void>;
  /** What was shared with it is no more. @returns false when there was none */
  removeTeam(id: Id): Promise<boolean>;
}
