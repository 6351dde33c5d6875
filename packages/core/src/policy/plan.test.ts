import { describe, expect, test } from 'vitest';
import type { JobDefinition } from '../model/job.ts';
import * as factories from '../testing/factories.ts';
import { manualClockStart as start } from '../testing/manual-clock.ts';
import type { Fate, Span } from './enumerate.ts';
import { ledgerRows, type Settled } from './ledger-rows.ts';
import { planJob, type Plan, type PlanFacts } from './plan.ts';

const minute = 60_000;
const now = start + 10 * minute;
const due = (minutes: number, trigger: 'schedule' | 'catch_up' = 'schedule'): Fate => ({
  kind: 'dispatch',
  dueAt: start + minutes * minute,
  trigger,
});

function plan(
  definition: Partial<JobDefinition>,
  fates: readonly (readonly (Fate | Span)[])[],
  overrides: Partial<PlanFacts> & { readonly automaticRuns?: number; readonly priorities?: readonly number[] } = {},
): Plan & { readonly words: readonly string[] } {
  const { automaticRuns = 0, priorities = [], ...rest } = overrides;
  const job = factories.job({ definition, automaticRuns });
  let id = 0;
  const schedules = fates.map((each, index) => ({
    schedule: factories.schedule({ id: 11 + index, jobId: job.id, priority: priorities[index] ?? 0 }),
    fates: each,
  }));
  const made = planJob({ job, schedules, live: [], now, nextId: () => (id += 1), availableAt: () => now, ...rest });
  const words = made.occurrences.map(
    ({ scheduleId, dueAt, runId, reason, causeRunId }) =>
      `${scheduleId} ${(dueAt - start) / minute} ${runId === null ? `${reason} by ${causeRunId}` : `run ${runId}`}`,
  );
  return { ...made, words };
}

const running = { id: 900, createdAt: start, state: 'running', trigger: 'schedule' } as const;

describe('a plan', () => {
  test('makes a run of an instant and writes both ends of the bond', () => {
    const made = plan({}, [[due(10)]]);
    expect(made.words).toEqual(['11 10 run 1']);
    expect(made.runs).toMatchObject([{ id: 1, trigger: 'schedule', scheduleId: 11, slots: 1, reason: null }]);
  });

  test('lets instants that coincide become one run of the schedule with the higher priority, then of the older', () => {
    expect(plan({}, [[due(10)], [due(10)]], { priorities: [0, 5] }).words).toEqual([
      '11 10 coalesced by 1',
      '12 10 run 1',
    ]);
    expect(plan({}, [[due(10)], [due(10)]]).words).toEqual(['11 10 run 1', '12 10 coalesced by 1']);
  });

  test('under skip names the run that stood in the way, also one it has just made', () => {
    expect(plan({ overlap: 'skip' }, [[due(9), due(10)]]).words).toEqual(['11 9 run 1', '11 10 overlap by 1']);
    expect(plan({ overlap: 'skip' }, [[due(10)]], { live: [running] }).words).toEqual(['11 10 overlap by 900']);
  });

  test('under queue_one ends the waiting run that it made before', () => {
    const made = plan({ overlap: 'queue_one' }, [[due(9), due(10)]], { live: [running] });
    expect(made.words).toEqual(['11 9 run 1', '11 10 run 2']);
    expect(made.displaced).toMatchObject([{ id: 1, reason: 'superseded', by: 2 }]);
  });

  test('under replace asks the live run to go, and the new one waits for that', () => {
    const made = plan({ overlap: 'replace' }, [[due(10)]], { live: [running] });
    expect(made.displaced).toMatchObject([{ id: 900, state: 'running', reason: 'replaced', by: 1 }]);
    expect(made.runs).toMatchObject([{ reason: 'overlap' }]);
  });

  test('runs missed instants of `all` one after the other although overlap is skip', () => {
    const all = { policy: 'all', windowSeconds: 86_400, max: 10 } as const;
    const made = plan({ overlap: 'skip', catchUp: all }, [
      [due(1, 'catch_up'), due(2, 'catch_up'), due(3, 'catch_up')],
    ]);
    expect(made.words).toEqual(['11 1 run 1', '11 2 run 2', '11 3 run 3']);
  });

  test('lets an instant on time give way to missed ones that still wait', () => {
    const all = { policy: 'all', windowSeconds: 86_400, max: 10 } as const;
    expect(plan({ overlap: 'skip', catchUp: all }, [[due(1, 'catch_up'), due(10)]]).words).toEqual([
      '11 1 run 1',
      '11 10 overlap by 1',
    ]);
  });

  test('names the run that missed instants were folded into', () => {
    const folded: Fate = { kind: 'skip', dueAt: start + minute, reason: 'coalesced' };
    expect(plan({}, [[folded, due(5, 'catch_up')]]).words).toEqual(['11 1 coalesced by 1', '11 5 run 1']);
  });

  test('ends with the last run that the job may have; what comes after is named by nobody', () => {
    const made = plan({ overlap: 'allow', maxConcurrent: null, maxRuns: 3 }, [[due(8), due(9), due(10)]], {
      automaticRuns: 1,
    });
    expect([made.words, made.completed]).toEqual([['11 8 run 1', '11 9 run 2'], true]);
  });

  test('is not complete before that', () => {
    expect(plan({ maxRuns: 3 }, [[due(10)]]).completed).toBe(false);
  });

  test('asks the gates first', () => {
    const made = plan({}, [[due(9), due(10)]], { gates: { maintenance: true } });
    expect(made.words).toEqual(['11 9 maintenance by null', '11 10 maintenance by null']);
    expect(made.runs).toEqual([]);
  });

  test('lets a run that catches up wait until the present opens, spread as it was', () => {
    const closedNow = () => ({ reason: 'active_hours', opensAt: now + 60 * minute }) as const;
    const availableAt = () => now + 200;
    const made = plan({}, [[due(5, 'catch_up')]], { closedNow, availableAt });
    expect(made.runs).toMatchObject([
      { trigger: 'catch_up', reason: 'active_hours', availableAt: now + 60 * minute + 200 },
    ]);
    expect(plan({}, [[due(10)]], { closedNow }).runs).toMatchObject([{ trigger: 'schedule', reason: null }]);
  });

  test('skips what would wait for a moment that never comes', () => {
    const closedNow = () => ({ reason: 'blackout', opensAt: null }) as const;
    expect(plan({}, [[due(5, 'catch_up')]], { closedNow }).words).toEqual(['11 5 blackout by null']);
  });

  test('does not hold a due run up for a backfill that waits, only for one that lives', () => {
    const backfill = { id: 900, createdAt: start, trigger: 'backfill' } as const;
    expect(plan({}, [[due(10)]], { live: [{ ...backfill, state: 'queued' }] }).words).toEqual(['11 10 run 1']);
    expect(plan({}, [[due(10)]], { live: [{ ...backfill, state: 'running' }] }).words).toEqual([
      '11 10 overlap by 900',
    ]);
    const replaced = plan({ overlap: 'replace' }, [[due(10)]], { live: [{ ...backfill, state: 'queued' }] });
    expect(replaced.displaced).toEqual([]);
  });

  test('puts the rest of `all`, and all of `manual`, into one gap', () => {
    const rest = [6, 7, 8].map((at): Fate => ({ kind: 'skip', dueAt: start + at * minute, reason: 'misfire' }));
    const gap = { fromAt: start + 6 * minute, toAt: start + 8 * minute, count: 3, reason: 'misfire' };
    const catchUp = (policy: 'all' | 'manual' | 'none') => ({ catchUp: { policy, windowSeconds: 86_400, max: 1 } });
    expect(plan(catchUp('all'), [[due(5, 'catch_up'), ...rest]])).toMatchObject({ runs: [{}], gaps: [gap] });
    expect(plan(catchUp('manual'), [rest]).gaps).toMatchObject([gap]);
    expect(plan(catchUp('none'), [rest]).occurrences).toHaveLength(3);
  });
});

describe('rows of the ledger', () => {
  const skip = (second: number, reason: 'misfire' | 'overlap' = 'misfire'): Settled => ({
    kind: 'skip',
    dueAt: start + second * 1000,
    reason,
    cause: null,
  });
  const skips = (from: number, count: number): Settled[] => Array.from({ length: count }, (_, at) => skip(from + at));
  const rows = (settled: readonly (Settled | Span)[]) =>
    ledgerRows({ id: 1, revision: 2 }, settled, { decidedAt: now });

  test('a hundred neighbours that ended alike have a row each', () => {
    const { occurrences, gaps } = rows(skips(0, 100));
    expect([occurrences.length, gaps.length]).toEqual([100, 0]);
  });

  test('more of them are one counted gap', () => {
    const { occurrences, gaps } = rows([...skips(0, 101), skip(200, 'overlap')]);
    expect(gaps).toMatchObject([{ fromAt: start, toAt: start + 100_000, count: 101, reason: 'misfire' }]);
    expect(occurrences).toMatchObject([{ reason: 'overlap', revision: 2 }]);
  });

  test('a run between them parts them', () => {
    const run: Settled = { kind: 'run', dueAt: start + 70_000, run: { id: 5, createdAt: now } };
    const { occurrences, gaps } = rows([...skips(0, 70), run, ...skips(71, 70)]);
    expect([occurrences.length, gaps.length]).toEqual([141, 0]);
  });
});
