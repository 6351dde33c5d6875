import { expect, test } from 'vitest';
import { holdOver, isOtherLine, recoveryStep, type AttemptFacts } from './lineage.ts';

const one = { number: 1, line: 'a/00000001', noticedAt: 0, settledAt: 0 };
const two = { number: 2, line: 'a/00000002', noticedAt: 0, settledAt: 0 };

test.each([
  ['the same server', { known: one, newest: one, server: one.line }, false],
  ['a first look', { known: null, newest: one, server: one.line }, false],
  ['a promoted standby', { known: one, newest: one, server: two.line }, true],
  ['a promoted standby, at the first look', { known: null, newest: one, server: two.line }, true],
  ['one that another process has noted', { known: one, newest: two, server: two.line }, false],
  ['a former primary that came back', { known: two, newest: one, server: one.line }, true],
  ['a server that does not tell', { known: one, newest: one, server: '' }, false],
])('%s is another line of history or not (C16)', (_, facts, isOther) => {
  expect(isOtherLine(facts)).toBe(isOther);
});

const workers = [
  { id: 1, name: 'w1', lostAt: null },
  { id: 2, name: 'w2', lostAt: null },
  { id: 3, name: 'w3', lostAt: 5 },
];
test.each([
  ['until every live worker has compared', 20_000, [1], null],
  ['and not longer', 20_000, [1, 2], []],
  ['long enough for a worker whose registration is gone', 9_000, [1, 2], null],
  ['never for ever, whoever is silent', 60_000, [1], ['w2']],
])('planning is held %s (C16)', (_, waited, reported, over) => {
  const facts = { now: 1000 + waited, noticedAt: 1000, workers, reporters: new Set(reported) };
  expect(holdOver({ ...facts, leastMs: 10_000, mostMs: 60_000 })).toEqual(over);
});

const started: AttemptFacts = {
  fence: 3,
  attempt: 2,
  live: true,
  hasOrigin: true,
  mayWait: true,
  run: { ended: false },
  queue: null,
  lease: null,
  fences: [],
};
const lease = { fence: 3, phase: 'starting' } as const;
test.each<readonly [string, Partial<AttemptFacts>, string]>([
  ['its attempt is recorded', { fences: [3], run: { ended: true } }, 'known'],
  ['its lease stands', { lease }, 'known'],
  ['the commit of its start is gone', { lease: { ...lease, phase: 'claimed' } }, 'confirm'],
  ['it ended and its lease stands', { live: false, lease }, 'finish'],
  ['its claim is gone', { queue: { attempt: 2, fence: 2 } }, 'retake'],
  ['it was given back since', { queue: { attempt: 2, fence: 3 } }, 'retake'],
  ['an earlier attempt has not ended there', { queue: { attempt: 1, fence: 1 } }, 'wait'],
  ['an earlier attempt never will', { queue: { attempt: 1, fence: 1 }, mayWait: false }, 'retake'],
  ['an earlier claim stands', { lease: { ...lease, fence: 2 } }, 'wait'],
  ['its record is gone', { run: null }, 'restore'],
  ['its record is gone, and nothing tells of what', { run: null, hasOrigin: false }, 'record_gone'],
  ['it ended otherwise', { run: { ended: true } }, 'ended_otherwise'],
  ['it was claimed again', { lease: { ...lease, fence: 1_000_001 } }, 'claimed_again'],
  ['it was claimed again and waits', { queue: { attempt: 2, fence: 1_000_001 } }, 'claimed_again'],
  ['an earlier claim stands for good', { lease: { ...lease, fence: 2 }, mayWait: false }, 'in_the_way'],
  ['it is nowhere', {}, 'nowhere'],
])('what a worker knows and the database does not, when %s (C16)', (_, facts, kind) => {
  const step = recoveryStep({ ...started, ...facts });
  expect(step.kind === 'tell' ? step.why : step.kind).toBe(kind);
});
