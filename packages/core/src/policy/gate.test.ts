import { describe, expect, test } from 'vitest';
import { triggers, type Trigger } from '../model/run.ts';
import { decideGate, openGates, type GateFacts } from './gate.ts';

/** One closed gate each, in the order in which they are asked. */
const closed = [
  ['not_approved', { approved: false }],
  ['paused', { active: false }],
  ['maintenance', { maintenance: true }],
  ['blackout', { blackout: true }],
  ['holiday', { holiday: true }],
  ['active_hours', { outsideActiveHours: true }],
  ['breaker', { breakerOpen: true }],
  ['dependency', { prerequisites: 'unmet' }],
] as const satisfies readonly (readonly [string, Partial<GateFacts>])[];

const yes = true;
const no = false;
/** The table of the contract: which gate stops which trigger. */
const stops: Readonly<Record<Trigger, readonly boolean[]>> = {
  schedule: [yes, yes, yes, yes, yes, yes, yes, yes],
  catch_up: [yes, yes, yes, yes, yes, yes, yes, yes],
  api: [yes, yes, yes, yes, yes, yes, yes, yes],
  webhook: [yes, yes, yes, yes, yes, yes, yes, yes],
  dependency: [yes, yes, yes, yes, no, no, no, yes],
  backfill: [yes, yes, yes, yes, yes, no, yes, yes],
  manual: [yes, yes, no, no, no, no, no, no],
  retry: [yes, yes, no, no, no, no, no, no],
};

describe.each(triggers)('a run by %s', (trigger) => {
  test('passes when every gate is open', () => {
    expect(decideGate(trigger, openGates)).toEqual({ kind: 'pass' });
  });

  test.each(closed.map(([reason, facts], index) => [reason, stops[trigger][index] ?? false, facts] as const))(
    'behind a closed gate %s is refused: %s',
    (reason, isStopped, facts) => {
      const expected = isStopped ? { kind: 'refuse', reason } : { kind: 'pass' };
      expect(decideGate(trigger, { ...openGates, ...facts })).toEqual(expected);
    },
  );

  test('behind several closed gates is told the first that counts for it', () => {
    for (let first = 0; first < closed.length; first += 1) {
      const shut = closed.slice(first);
      const facts = Object.assign({}, openGates, ...shut.map(([, each]) => each)) as GateFacts;
      const reason = shut.find((_, index) => stops[trigger][first + index])?.[0];
      expect(decideGate(trigger, facts)).toEqual(reason === undefined ? { kind: 'pass' } : { kind: 'refuse', reason });
    }
  });

  test('of a paused job passes only when a person asks for just that', () => {
    const decision = decideGate(trigger, { ...openGates, active: false, allowInactive: true });
    const byPerson = trigger === 'manual' || trigger === 'retry';
    expect(decision).toEqual(byPerson ? { kind: 'pass' } : { kind: 'refuse', reason: 'paused' });
  });

  test('waits for a closed present only when it catches up', () => {
    for (const closedNow of ['blackout', 'holiday', 'active_hours'] as const) {
      const decision = decideGate(trigger, { ...openGates, closedNow });
      expect(decision).toEqual(trigger === 'catch_up' ? { kind: 'wait', reason: closedNow } : { kind: 'pass' });
    }
  });
});

test('met prerequisites are no obstacle', () => {
  expect(decideGate('schedule', { ...openGates, prerequisites: 'met' })).toEqual({ kind: 'pass' });
});
