import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { roles, type Role } from '../model/person.ts';
import { jobLevels, type JobLevel } from '../model/sight.ts';
import { accessTo, lesserLevel, suffices, type AccessSource } from './job-access.ts';

const mostOf: Readonly<Record<Role, JobLevel>> = { viewer: 'view', operator: 'run', editor: 'own', admin: 'own' };
const rank = (level: JobLevel | null): number => (level === null ? -1 : jobLevels.indexOf(level));
const held = (source: AccessSource): JobLevel => ('level' in source ? source.level : 'own');

const anyRole = fc.constantFrom(...roles);
const anyLevel = fc.constantFrom(...jobLevels);
const anySource: fc.Arbitrary<AccessSource> = fc.oneof(
  fc.constant<AccessSource>({ kind: 'owner' }),
  anyLevel.map((level): AccessSource => ({ kind: 'person', level })),
  anyLevel.map((level): AccessSource => ({ kind: 'everyone', level })),
  anyLevel.map((level): AccessSource => ({ kind: 'team', level, team: 'Night' })),
);

describe('the lesser of role and share holds (R-175)', () => {
  test('it is the lesser of the role’s most and of the most that is given', () => {
    fc.assert(
      fc.property(anyRole, fc.array(anySource, { maxLength: 5 }), (role, sources) => {
        const most = role === 'admin' ? 3 : Math.max(-1, ...sources.map((source) => rank(held(source))));
        const { level, ceiling } = accessTo({ role, sources });
        expect(rank(level)).toBe(Math.min(most, rank(mostOf[role])));
        expect(ceiling).toBe(mostOf[role]);
      }),
    );
  });

  test('another share never takes anything away, nor does a higher role', () => {
    fc.assert(
      fc.property(anyRole, fc.array(anySource, { maxLength: 4 }), anySource, (role, sources, more) => {
        const before = rank(accessTo({ role, sources }).level);
        expect(rank(accessTo({ role, sources: [...sources, more] }).level)).toBeGreaterThanOrEqual(before);
        const higher = roles[roles.indexOf(role) + 1];
        if (higher !== undefined)
          expect(rank(accessTo({ role: higher, sources }).level)).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  test('nobody but an administrator sees what nothing gives them', () => {
    for (const role of roles) expect(accessTo({ role, sources: [] }).level).toBe(role === 'admin' ? 'own' : null);
  });

  test('a level suffices for itself and all below; none suffices for nothing', () => {
    expect(suffices('run', 'view')).toBe(true);
    expect(suffices('run', 'edit')).toBe(false);
    expect(suffices(null, 'view')).toBe(false);
    expect([lesserLevel('viewer', 'own'), lesserLevel('editor', 'run')]).toEqual(['view', 'run']);
  });
});
