import {
  toUuid,
  type AccessSource,
  type Explained,
  type JobLevel,
  type JobShares,
  type Person,
  type TeamView,
} from 'job-trigger-core';
import type { JobAccess, PersonName, Shares, TeamShape } from '../shapes/sharing.ts';

const personNameToWire = (person: Person): PersonName => ({
  id: toUuid(person),
  name: person.name,
  email: person.email,
});

export function sharesToWire({ owner, shares }: JobShares): Shares {
  return {
    owner: owner === null ? null : personNameToWire(owner),
    items: shares.map(({ with: kind, name, email, level }) => ({ with: kind, name, email, level })),
  };
}

const levelOf = (source: AccessSource): JobLevel => ('level' in source ? source.level : 'own');

const doing: Readonly<Record<JobLevel, string>> = {
  view: 'see it',
  run: 'see and run it',
  edit: 'see, run and edit it',
  own: 'see, run, edit and share it',
};

function reasonText(source: AccessSource): string {
  switch (source.kind) {
    case 'admin':
      return 'administrators see every job';
    case 'owner':
      return 'it is theirs';
    case 'team':
      return `it is shared with their team ${source.team} to ${source.level}`;
    case 'person':
      return `it is shared with them to ${source.level}`;
    default:
      return `it is shared with everyone to ${source.level}`;
  }
}

/** Why somebody may, or may not, in a sentence. */
export function accessText({
  name,
  role,
  level,
  given,
  sources,
}: Pick<Explained, 'level' | 'given' | 'sources'> & { readonly name: string; readonly role: Person['role'] }): string {
  if (level === null) return `${name} does not see this job: it is not theirs, and not shared with them.`;
  const why = sources.map(reasonText).join('; ');
  const least = given === null || given === level ? '' : ` The role ${role} allows no more.`;
  return `${name} may ${doing[level]}: ${why}.${least}`;
}

export function accessToWire({ person, owner, level, ceiling, given, sources }: Explained): JobAccess {
  const { role, name } = person;
  return {
    person: personNameToWire(person),
    role,
    owner: owner === null ? null : { name: owner.name },
    level,
    ceiling,
    given,
    reasons: sources.map((source) => ({
      kind: source.kind,
      team: source.kind === 'team' ? source.team : null,
      level: levelOf(source),
    })),
    text: accessText({ name, role, level, given, sources }),
  };
}

/** @param told whether its members are named */
export function teamToWire({ members, ...team }: TeamView, told: boolean): TeamShape {
  return {
    id: toUuid(team),
    name: team.name,
    members: told ? members.map(personNameToWire) : [],
    member_count: members.length,
  };
}
