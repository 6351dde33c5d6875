import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Instant } from '../model/instant.ts';
import { catchUpPolicies, type CatchUp } from '../model/job.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { iterate } from '../schedule/occurrences.ts';
import { manualClockStart as start } from '../testing/manual-clock.ts';
import { enumerate, type EnumerateFacts, type Fate, type Span } from './enumerate.ts';

const second = 1000;
const toleranceMs = 30 * second;
const day = 86_400;

const every = (seconds: number, filters: object = {}): ScheduleSpec => ({
  kind: 'interval',
  every: seconds,
  unit: 'seconds',
  start,
  timezone: 'UTC',
  ...filters,
});
/** A filter that never bites, which keeps a rhythm from being counted by arithmetic. */
const walkedThrough = { blackouts: [{ from: 0, to: 1 }] };

const facts = (spec: ScheduleSpec, now: Instant, overrides: Partial<EnumerateFacts> = {}): EnumerateFacts => ({
  schedule: { id: 1, revision: 1, cursorAt: start, spec },
  now,
  toleranceMs,
  catchUp: { policy: 'last', windowSeconds: day, max: 10 },
  ...overrides,
});

/** One word an instant: what it became. */
function words(fates: readonly (Fate | Span)[], spec: ScheduleSpec): string[] {
  return fates.flatMap((fate) => {
    if (fate.kind === 'dispatch') return [`${fate.dueAt - start} ${fate.trigger}`];
    if (fate.kind === 'skip') return [`${fate.dueAt - start} ${fate.reason}`];
    const instants: string[] = [];
    for (const { at } of iterate(spec, fate.fromAt - 1)) {
      if (at > fate.toAt) break;
      instants.push(`${at - start} ${fate.reason}`);
    }
    expect(instants).toHaveLength(fate.count);
    expect(instants.at(-1)).toBe(`${fate.toAt - start} ${fate.reason}`);
    return instants;
  });
}

const policyOf = fc.constantFrom(...catchUpPolicies);

describe('instants since the cursor', () => {
  test('up to the tolerance are late, beyond it missed', () => {
    const spec = every(3600);
    const due = start + 3600 * second;
    const at = (lateMs: number) => enumerate(facts(spec, due + lateMs)).fates;
    expect(at(0)).toEqual([{ kind: 'dispatch', trigger: 'schedule', dueAt: due }]);
    expect(at(toleranceMs)).toEqual([{ kind: 'dispatch', trigger: 'schedule', dueAt: due }]);
    expect(at(toleranceMs + 1)).toEqual([{ kind: 'dispatch', trigger: 'catch_up', dueAt: due }]);
  });

  test.each([
    ['last', 1, ['coalesced', 'coalesced', 'coalesced', 'coalesced', 'catch_up']],
    ['none', 0, ['misfire', 'misfire', 'misfire', 'misfire', 'misfire']],
    ['all', 5, ['catch_up', 'catch_up', 'catch_up', 'catch_up', 'catch_up']],
    ['first', 1, ['catch_up', 'misfire', 'misfire', 'misfire', 'misfire']],
    ['manual', 0, ['misfire', 'misfire', 'misfire', 'misfire', 'misfire']],
  ] as const)('that were missed, five of them, under %s make %i runs', (policy, runs, expected) => {
    const { fates } = enumerate(
      facts(every(60), start + 340 * second, { catchUp: { policy, windowSeconds: day, max: 10 } }),
    );
    expect(words(fates, every(60)).map((word) => word.split(' ')[1])).toEqual(expected);
    expect(fates.filter(({ kind }) => kind === 'dispatch')).toHaveLength(runs);
  });

  test('of `all` run oldest first and at most `max`; the rest is misfire', () => {
    const { fates } = enumerate(
      facts(every(60), start + 340 * second, { catchUp: { policy: 'all', windowSeconds: day, max: 2 } }),
    );
    expect(words(fates, every(60))).toEqual([
      '60000 catch_up',
      '120000 catch_up',
      '180000 misfire',
      '240000 misfire',
      '300000 misfire',
    ]);
  });

  test('older than the window are misfire, whatever the policy', () => {
    for (const policy of catchUpPolicies) {
      const { fates } = enumerate(
        facts(every(60), start + 340 * second, { catchUp: { policy, windowSeconds: 120, max: 10 } }),
      );
      expect(words(fates, every(60)).slice(0, 3)).toEqual(['60000 misfire', '120000 misfire', '180000 misfire']);
    }
  });

  test('that a filter drops keep its reason and are not caught up', () => {
    const spec = every(60, { blackouts: [{ from: start + 240 * second, to: start + 301 * second }] });
    expect(words(enumerate(facts(spec, start + 340 * second)).fates, spec)).toEqual([
      '60000 coalesced',
      '120000 coalesced',
      '180000 catch_up',
      '240000 blackout',
      '300000 blackout',
    ]);
  });

  test('that the clock jumped over are no misses', () => {
    const clockGap = { from: start + 100 * second, to: start + 250 * second };
    expect(words(enumerate(facts(every(60), start + 340 * second, { clockGap })).fates, every(60))).toEqual([
      '60000 coalesced',
      '120000 clock',
      '180000 clock',
      '240000 clock',
      '300000 catch_up',
    ]);
  });

  test('a clock that went back names none and leaves the cursor', () => {
    expect(enumerate(facts(every(60), start - 3600 * second))).toMatchObject({ fates: [], cursorAt: start });
  });

  test('a year of seconds costs one gap and one run, and less than 50 ms', () => {
    const spec = every(1);
    const now = start + 365 * day * second;
    const costs = Array.from({ length: 5 }, () => {
      const began = performance.now();
      enumerate(facts(spec, now));
      return performance.now() - began;
    });
    expect(Math.min(...costs)).toBeLessThan(50);
    const { fates, cursorAt, planAt } = enumerate(facts(spec, now));
    const spans = fates.filter((fate) => fate.kind === 'span');
    expect(spans.map(({ reason }) => reason)).toEqual(['misfire', 'coalesced']);
    const counted = spans.reduce((sum, { count }) => sum + count, 0);
    expect(counted + fates.length - spans.length).toBe(365 * day);
    expect([cursorAt, planAt]).toEqual([now, now + second]);
  });

  test('a year of seconds of which none is made up for is one gap (F41)', () => {
    const spec = every(1);
    const catchUp = { policy: 'none', windowSeconds: 86_400, max: 10 } as const;
    const { fates } = enumerate(facts(spec, start + 365 * day * second, { catchUp }));
    const spans = fates.filter((fate) => fate.kind === 'span');
    expect(spans).toMatchObject([{ reason: 'misfire', fromAt: start + second }]);
    expect((spans[0]?.count ?? 0) + fates.length - 1).toBe(365 * day);
  });
});

const backlog = fc.record({
  seconds: fc.integer({ min: 1, max: 90 }),
  missed: fc.integer({ min: 1001, max: 4000 }),
  extraMs: fc.oneof(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 40_000 })),
  catchUp: fc.record({
    policy: policyOf,
    windowSeconds: fc.integer({ min: 1, max: 200_000 }),
    max: fc.integer({ min: 1, max: 1000 }),
  }),
  gapMs: fc.option(fc.integer({ min: 0, max: 200_000_000 }), { nil: null }),
  notAfterMs: fc.option(fc.integer({ min: 0, max: 200_000_000 }), { nil: null }),
});

test('counting a backlog by arithmetic comes to what walking through it comes to', () => {
  fc.assert(
    fc.property(backlog, ({ seconds, missed, extraMs, catchUp, gapMs, notAfterMs }) => {
      const now = start + missed * seconds * second + toleranceMs + extraMs;
      const bounds = notAfterMs === null ? {} : { notAfter: start + notAfterMs };
      const clockGap = gapMs === null ? null : { from: start, to: start + gapMs };
      const [counted, walked] = [every(seconds, bounds), every(seconds, { ...bounds, ...walkedThrough })].map(
        (spec) => {
          const { fates, ...rest } = enumerate(facts(spec, now, { catchUp, clockGap }));
          return { words: words(fates, spec), cursorAt: rest.cursorAt, planAt: rest.planAt, nextDueAt: rest.nextDueAt };
        },
      );
      expect(counted).toEqual(walked);
    }),
    { numRuns: 40 },
  );
});

const passes = fc.record({
  seconds: fc.integer({ min: 1, max: 90 }),
  limit: fc.integer({ min: 1, max: 50 }),
  instants: fc.integer({ min: 0, max: 200 }),
  policy: policyOf,
  windowSeconds: fc.integer({ min: 1, max: 9000 }),
  max: fc.integer({ min: 1, max: 60 }),
});

test('many short passes over a backlog come to what one long pass comes to', () => {
  fc.assert(
    fc.property(passes, ({ seconds, limit, instants, ...rest }) => {
      const spec = every(seconds, walkedThrough);
      const catchUp: CatchUp = rest;
      const now = start + instants * seconds * second + 17_000;
      const whole = words(enumerate(facts(spec, now, { catchUp })).fates, spec);
      const parts: string[] = [];
      let [cursorAt, carried] = [start, 0];
      do {
        const part = enumerate(
          facts(spec, now, { catchUp, limit, carried, schedule: { id: 1, revision: 1, cursorAt, spec } }),
        );
        parts.push(...words(part.fates, spec));
        ({ cursorAt, carried } = part);
      } while (cursorAt < now);
      expect(parts).toEqual(whole);
    }),
    { numRuns: 60 },
  );
});
