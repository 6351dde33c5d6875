/** What a person may do to a job: the lesser of their role and of what the job is to them. Pure. */
import type { Role } from '../model/person.ts';
import { jobLevels, type JobLevel } from '../model/sight.ts';

/** Why somebody has a level at a job. */
export type AccessSource =
  | { readonly kind: 'admin' }
  | { readonly kind: 'owner' }
  | { readonly kind: 'person' | 'everyone'; readonly level: JobLevel }
  | { readonly kind: 'team'; readonly level: JobLevel; readonly team: string };

/** The most that a role lets anyone do, their own jobs included. */
const ceilings: Readonly<Record<Role, JobLevel>> = {
  viewer: 'view',
  operator: 'run',
  editor: 'own',
  admin: 'own',
};

const rankOf = (level: JobLevel | null): number => (level === null ? -1 : jobLevels.indexOf(level));

/** Whether `held` is enough for `needed`. */
export function suffices(held: JobLevel | null, needed: JobLevel): boolean {
  return rankOf(held) >= rankOf(needed);
}

/** What is left of a level under a role. */
export function lesserLevel(role: Role, level: JobLevel): JobLevel {
  return suffices(ceilings[role], level) ? level : ceilings[role];
}

const given = (source: AccessSource): JobLevel => ('level' in source ? source.level : 'own');

export interface JobAccess {
  /** Null: the job does not exist for them. */
  readonly level: JobLevel | null;
  /** The most that the role allows. */
  readonly ceiling: JobLevel;
  /** The most that any source gives; null without one. */
  readonly given: JobLevel | null;
}

/** The lesser of what the role allows and of the most that the sources give. */
export function accessTo({
  role,
  sources,
}: {
  readonly role: Role;
  readonly sources: readonly AccessSource[];
}): JobAccess {
  const ceiling = ceilings[role];
  const all: readonly AccessSource[] = role === 'admin' ? [{ kind: 'admin' }, ...sources] : sources;
  const most = Math.max(-1, ...all.map((source) => rankOf(given(source))));
  return { level: jobLevels[Math.min(rankOf(ceiling), most)] ?? null, ceiling, given: jobLevels[most] ?? null };
}
