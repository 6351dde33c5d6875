import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Secret, SecretScope } from '../model/secret.ts';

/** A sealed value, wherever it stands. */
export interface SealedValue {
  readonly table: string;
  readonly column: string;
  /** Of its row; 0 where the table has one alone. */
  readonly id: Id;
  readonly sealed: string;
  /** What it was sealed for. */
  readonly place: string;
}

/** A living job that names a secret. */
export type SecretUse = Pick<Job, 'id' | 'createdAt' | 'ownerId'> & {
  readonly jobName: string;
  /** Of the secret, in lower case. */
  readonly sortName: string;
  /** Whose secret of that name it is given: its own, its owner's, else everybody's. */
  readonly takes: SecretScope;
  /** When it runs next, as people see it; null when it does not. */
  readonly nextDueAt: Instant | null;
};

/** Who is given this secret, and not another of its name, of living jobs that name one. */
export function usesOf({ name, scope, ownerId }: Secret, uses: readonly SecretUse[]): readonly SecretUse[] {
  const isOf = (use: SecretUse): boolean =>
    scope === 'installation' || ownerId === (scope === 'job' ? use.id : use.ownerId);
  return uses.filter((use) => use.sortName === name.toLowerCase() && use.takes === scope && isOf(use));
}

export interface SecretTable {
  /** @throws `name_taken` */
  insert(secret: Secret): Promise<void>;
  /** All but its name, its owner and when it was used. @returns false when it is gone */
  update(secret: Secret): Promise<boolean>;
  remove(id: Id): Promise<boolean>;
  /** @param lock holds it until the transaction ends */
  get(id: Id, options?: { readonly lock: boolean }): Promise<Secret | null>;
  /** By name. */
  list(): Promise<readonly Secret[]>;
  /** Whatever the case, whoever's they are. */
  named(names: readonly string[]): Promise<readonly Secret[]>;
  /** Notes that a run was given them. */
  touch(ids: readonly Id[], at: Instant): Promise<void>;
  /** What a job names from now on. */
  setUses(jobId: Id, names: readonly string[]): Promise<void>;
  /** Living jobs that name any of them, by name; all when left out. */
  uses(names?: readonly string[]): Promise<readonly SecretUse[]>;
  /** Some of what is sealed otherwise than with that key; none when there is nothing of it. */
  sealedWithOther(keyId: string, limit: number): Promise<readonly SealedValue[]>;
  /** @returns false when it was changed or removed meanwhile */
  reseal(value: SealedValue, sealed: string): Promise<boolean>;
}
