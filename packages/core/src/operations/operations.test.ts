import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toUuid } from '../model/id.ts';
import { factories, manualClockStart as now } from '../testing/index.ts';
import { changedSchedule, matchSchedules } from './match-schedules.ts';
import { splitArguments } from './split-arguments.ts';

const hourly = (minute: number) => ({ kind: 'hourly', minute, timezone: 'UTC' }) as const;

describe('a changed list of schedules', () => {
  const a = factories.schedule({ jobId: 1, name: 'a', spec: hourly(1) });
  const b = factories.schedule({ jobId: 1, name: null, spec: hourly(2) });

  test('matches by id before name, and by name before place', () => {
    const changes = matchSchedules(
      [a, b],
      [
        { name: 'a', spec: hourly(3) },
        { uuid: toUuid(a), spec: hourly(4) },
      ],
    );
    expect(changes.updated.map(({ before, input }) => [before.id, (input.spec as { minute: number }).minute])).toEqual([
      [a.id, 4],
    ]);
    expect(changes.inserted).toHaveLength(1);
    expect(changes.removed).toEqual([b]);
  });
  test('matches nameless elements by place', () => {
    const changes = matchSchedules([a, b], [{ spec: hourly(5) }, { spec: hourly(6) }]);
    expect(changes.updated.map(({ before }) => before.id)).toEqual([a.id, b.id]);
    expect(changes.removed).toEqual([]);
  });
  test('never gives one stored schedule to two elements', () => {
    const uuid = toUuid(a);
    const changes = matchSchedules(
      [a],
      [
        { uuid, spec: hourly(1) },
        { uuid, spec: hourly(2) },
      ],
    );
    expect(changes.updated).toHaveLength(1);
    expect(changes.inserted).toHaveLength(1);
  });
});

describe('a changed schedule', () => {
  test('counts from now with a new revision when its rule was edited', () => {
    const before = factories.schedule({ jobId: 1, cursorAt: now - 1000, spec: hourly(1) });
    const after = changedSchedule(before, { spec: hourly(2) }, { now, jobActive: true });
    expect(after).toMatchObject({ revision: before.revision + 1, cursorAt: now });
    expect(after.planAt).toBeGreaterThan(now);
  });
  test('keeps revision and cursor when it was only sent again', () => {
    const before = factories.schedule({ jobId: 1, spec: hourly(1) });
    expect(changedSchedule(before, { spec: { ...hourly(1) } }, { now: now + 5, jobActive: true })).toMatchObject({
      revision: before.revision,
      cursorAt: before.cursorAt,
    });
  });
  test('keeps the start of an interval that was sent again without one', () => {
    const spec = { kind: 'interval', every: 5, unit: 'minutes', start: now - 17_000, timezone: 'UTC' } as const;
    const before = factories.schedule({ jobId: 1, spec });
    const { start: _, ...resent } = spec;
    expect(changedSchedule(before, { spec: resent }, { now, jobActive: true })).toMatchObject({
      spec,
      revision: before.revision,
    });
    expect(changedSchedule(before, { spec: { ...resent, every: 6 } }, { now, jobActive: true }).spec).toMatchObject({
      start: Math.floor(now / 1000) * 1000,
    });
  });
  test('has no next instant while its job is inactive', () => {
    const before = factories.schedule({ jobId: 1, spec: hourly(1) });
    expect(changedSchedule(before, { spec: hourly(1) }, { now, jobActive: false })).toMatchObject({
      planAt: null,
      nextDueAt: null,
    });
  });
});

describe('a line of arguments', () => {
  test('is split as a shell would, and goes through none (R-043)', () => {
    expect(splitArguments("--a 'x y' ; touch /tmp/p", 'config.args')).toEqual(['--a', 'x y', ';', 'touch', '/tmp/p']);
    expect(splitArguments('a\\ b "c \\"d\\"" \'\' $(id) `id` *', 'config.args')).toEqual([
      'a b',
      'c "d"',
      '',
      '$(id)',
      '`id`',
      '*',
    ]);
  });
  test('with an open quote is refused', () => {
    expect(() => splitArguments("it's", 'config.args')).toThrow("config.args: has a ' that is never closed");
  });
  test('gives back any arguments that were quoted', () => {
    const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
    fc.assert(
      fc.property(fc.array(fc.string()), (args) => {
        expect(splitArguments(args.map(quote).join(' '), 'p')).toEqual(args);
      }),
    );
  });
});
