import { expect, test } from 'vitest';
import { decideDelivery, patienceMs, type DeliveryFacts } from './delivery.ts';

const hour = 3_600_000;
const day = 24 * hour;
const now = 1_800_000_000_000;
const facts = (more: Partial<DeliveryFacts> = {}): DeliveryFacts => ({
  now,
  ok: false,
  gone: false,
  retryAfterMs: null,
  attempts: 0,
  createdAt: now,
  failingSince: null,
  chance: 0,
  ...more,
});

test.each([
  [0, 5_000],
  [1, 60_000],
  [2, 300_000],
  [3, 1_800_000],
  [4, 2 * hour],
  [5, 5 * hour],
  [6, 10 * hour],
  [7, day],
  [30, day],
])('after %i earlier tries a failure rests %i ms', (attempts, rest) => {
  expect(decideDelivery(facts({ attempts }))).toEqual({
    state: 'waiting',
    nextAt: now + rest,
    failingSince: now,
    off: null,
  });
});

test('chance spreads a rest by a tenth at most', () => {
  expect(decideDelivery(facts({ attempts: 7, chance: 0.999 })).nextAt).toBeLessThan(now + 1.1 * day);
});

test('a receiver that names a longer rest gets it', () => {
  expect(decideDelivery(facts({ retryAfterMs: 90_000 })).nextAt).toBe(now + 90_000);
  expect(decideDelivery(facts({ retryAfterMs: 1 })).nextAt).toBe(now + 5000);
});

test('a success ends the delivery and the endpoint’s failing', () => {
  expect(decideDelivery(facts({ ok: true, failingSince: now - day }))).toEqual({
    state: 'delivered',
    nextAt: null,
    failingSince: null,
    off: null,
  });
});

test('410 ends the delivery and switches the endpoint off', () => {
  expect(decideDelivery(facts({ gone: true }))).toMatchObject({ state: 'failed', nextAt: null, off: 'gone' });
});

test('after five days of failure the endpoint goes off, and not a moment before', () => {
  expect(decideDelivery(facts({ failingSince: now - patienceMs })).off).toBe('failing');
  expect(decideDelivery(facts({ failingSince: now - patienceMs + 1 })).off).toBeNull();
});

test('a message is not tried beyond five days of age', () => {
  const old = facts({ attempts: 9, createdAt: now - 4 * day - 1, failingSince: now - day });
  expect(decideDelivery(old)).toMatchObject({ state: 'failed', nextAt: null, off: null });
  expect(decideDelivery({ ...old, createdAt: now - 4 * day + 1 }).state).toBe('waiting');
});
