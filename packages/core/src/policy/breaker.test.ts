import { describe, expect, test } from 'vitest';
import {
  breakerPolicies,
  defaultBreaker,
  openBreakerOf,
  type Breaker,
  type FailurePattern,
  type Trouble,
} from '../model/trouble.ts';
import { openBreaker } from '../testing/factories.ts';
import {
  afterFailure,
  afterReset,
  afterSuccess,
  breakerLets,
  breakerOf,
  breakerWords,
  reached,
  type Stoppable,
} from './breaker.ts';

const day = 86_400_000;
const now = 1_000 * day;
const plugin: Breaker = { consecutive: 3, recent: 5, periodDays: 7, policy: 'manual' };
const pattern = (consecutiveFailures: number, recentFailures = consecutiveFailures): FailurePattern => ({
  consecutiveFailures,
  recentFailures,
  failureReason: 'unknown',
  lastFailureAt: now,
  errorPatterns: [],
});

describe('the breaker in force', () => {
  test('is the job’s, else its type’s, and null is off', () => {
    const { coolOffDays: _, ofPlugins: __, shown: ___, ...own } = defaultBreaker;
    const ofJob = (definition: Stoppable['definition'], settings = defaultBreaker) =>
      breakerOf({ ownerId: null, definition }, settings);
    expect(ofJob({ type: 'script' })).toEqual(own);
    expect(ofJob({ type: 'script', breaker: null })).toBeNull();
    expect(ofJob({ type: 'script', breaker: plugin })).toBe(plugin);
    expect(ofJob({ type: 'script' }, { ...defaultBreaker, consecutive: null })).toBeNull();
    expect(ofJob({ type: 'acme.audit' })).toEqual(plugin);
  });

  test('is its owner’s before the installation’s, and the job’s before both', () => {
    const settings = { ...defaultBreaker, ofOwners: new Map([[7, { ...defaultBreaker, consecutive: 2 }]]) };
    const consecutiveOf = (ownerId: number | null, breaker?: Breaker): number | null | undefined =>
      breakerOf({ ownerId, definition: { type: 'script', ...(breaker && { breaker }) } }, settings)?.consecutive;
    expect([consecutiveOf(7), consecutiveOf(8), consecutiveOf(null), consecutiveOf(7, plugin)]).toEqual([2, 5, 5, 3]);
  });

  test.each([
    [2, 4, null],
    [3, 3, 'consecutive'],
    [1, 5, 'recent'],
    [4, 9, 'consecutive'],
  ] as const)('after %i in a row and %i in the period says %s', (consecutive, recent, cause) => {
    expect(reached(plugin, pattern(consecutive, recent))).toBe(cause);
    expect(reached({ ...plugin, consecutive: null, recent: null }, pattern(consecutive, recent))).toBeNull();
  });

  test('tells what opened it', () => {
    expect(breakerWords(openBreaker())).toBe('3 failures in a row');
    expect(breakerWords(openBreaker({ cause: 'recent', pattern: pattern(1, 6) }))).toBe('6 failures in 7 days');
    expect(breakerWords(openBreaker({ pattern: pattern(1) }))).toBe('1 failure in a row');
  });
});

/** All that can happen to a job, as far as its breaker is concerned. */
const happenings = [
  'fails',
  'succeeds',
  'is reset',
  'a week passes',
  'a trial is made',
  'its trial is cancelled',
] as const;
interface Standing {
  readonly trouble: Trouble | null;
  readonly now: number;
  /** The trial waits or lives. */
  readonly trial: boolean;
  readonly failures: number;
}

function withTrial(standing: Standing): Standing {
  const { trouble } = standing;
  if (trouble === null || trouble.breaker === null) return standing;
  return { ...standing, trial: true, trouble: { ...trouble, breaker: { ...trouble.breaker, trial: 7 } } };
}

function happens(standing: Standing, what: (typeof happenings)[number], policy: Breaker['policy']): Standing {
  const { trouble, failures } = standing;
  const at = { job: { trouble }, policy, now: standing.now, live: standing.trial ? [{ id: 7 }] : [] };
  switch (what) {
    case 'fails': {
      const facts = { before: trouble, breaker: { ...plugin, policy }, coolOffDays: 7, now: standing.now };
      const judged = afterFailure({ ...facts, pattern: pattern(failures + 1) });
      return { ...standing, trouble: judged.trouble, trial: false, failures: failures + 1 };
    }
    case 'succeeds':
      return { ...standing, trouble: afterSuccess(trouble, standing.now), trial: false, failures: 0 };
    case 'is reset':
      return { ...standing, trouble: afterReset(standing.now), trial: false, failures: 0 };
    case 'a week passes':
      return { ...standing, now: standing.now + 7 * day };
    case 'a trial is made':
      return breakerLets(at) === 'trial' ? withTrial(standing) : standing;
    case 'its trial is cancelled':
      return { ...standing, trial: false };
  }
}

const lets = ({ trouble, now: at, trial }: Standing, policy: Breaker['policy']) =>
  breakerLets({ job: { trouble }, policy, live: trial ? [{ id: 7 }] : [], now: at });

describe.each(breakerPolicies)('every state under %s', (policy) => {
  const states: Standing[] = [{ trouble: null, now, trial: false, failures: 0 }];
  for (let depth = 0; depth < 6; depth += 1) {
    const known = new Set(states.map((state) => JSON.stringify(state)));
    for (const state of states.slice())
      for (const what of happenings) {
        const next = happens(state, what, policy);
        if (!known.has(JSON.stringify(next)) && next.failures < 5) {
          known.add(JSON.stringify(next));
          states.push(next);
        }
      }
  }

  test('has a way out by a person, and none but an open one stops anything (R-113)', () => {
    expect(states.length).toBeGreaterThan(100);
    for (const state of states) {
      expect(lets(happens(state, 'is reset', policy), policy)).toBe('pass');
      expect(lets(happens(state, 'succeeds', policy), policy)).toBe('pass');
      if (openBreakerOf(state) === null) expect(lets(state, policy)).toBe('pass');
    }
  });

  test('that is open is tried by itself under probe alone, one run at a time (R-106)', () => {
    for (const state of states.filter((each) => openBreakerOf(each) !== null)) {
      const cooled = happens(state, 'a week passes', policy);
      const free = happens(cooled, 'its trial is cancelled', policy);
      expect(lets(free, policy)).toBe(policy === 'probe' ? 'trial' : 'refuse');
      const tried = happens(free, 'a trial is made', policy);
      expect(lets(tried, policy)).toBe('refuse');
      if (policy === 'manual') continue;
      const failedAgain = happens(tried, 'fails', policy);
      expect(lets(failedAgain, policy)).toBe('refuse');
      expect(failedAgain.trouble?.breaker?.coolOffUntil).toBe(tried.now + 7 * day);
    }
  });
});
