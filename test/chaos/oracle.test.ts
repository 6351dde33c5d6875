import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { instantsOf } from './oracle.ts';

interface Example {
  readonly kind: string;
  readonly expression?: string;
  readonly timezone: string;
  readonly from: string;
  readonly expected: readonly string[];
  readonly jitter_seconds?: number;
  readonly active_hours?: unknown;
}

const at = (text: string): number => Date.parse(text);
const from = at('2026-01-15T12:00:00Z');

test('an interval names its start and every step from it, and nothing before', () => {
  const rule = { kind: 'interval', seconds: 7, start: from + 3000 } as const;
  expect(instantsOf(rule, from, from + 20_000)).toEqual([from + 3000, from + 10_000, from + 17_000]);
  expect(instantsOf(rule, from + 3000, from + 10_000)).toEqual([from + 10_000]);
});

test.each([
  ['*/20 * * * * *', ['12:00:20', '12:00:40', '12:01:00', '12:01:20']],
  ['1-30/10 * * * * *', ['12:00:01', '12:00:11', '12:00:21', '12:01:01', '12:01:11', '12:01:21']],
  ['0,7,52 * * * * *', ['12:00:07', '12:00:52', '12:01:00', '12:01:07']],
  ['30 */2 * * * *', ['12:00:30']],
])('%s names the seconds that match', (expression, times) => {
  const found = instantsOf({ kind: 'cron', expression, offsetMinutes: 0 }, from, from + 85_000);
  expect(found.map((instant) => new Date(instant).toISOString().slice(11, 19))).toEqual(times);
});

test('fields are read on the wall clock of the zone', () => {
  const rule = { kind: 'cron', expression: '0 30 * * * *', offsetMinutes: 330 } as const;
  expect(instantsOf(rule, from, from + 3_600_000)).toEqual([from + 3_600_000]);
});

test('what it cannot read it does not guess', () => {
  expect(() => instantsOf({ kind: 'cron', expression: '0 0 0 1 * *', offsetMinutes: 0 }, from, from + 1000)).toThrow(
    '0 0 0 1 * *',
  );
});

/** Zones of the examples that had one offset all along, in minutes. */
const offsets: Readonly<Record<string, number>> = { 'Asia/Kolkata': 330, 'Asia/Tokyo': 540, 'Etc/UTC': 0, UTC: 0 };

test('it agrees with the worked examples that it can read', () => {
  const path = resolve(import.meta.dirname, '../../packages/core/src/schedule/schedule-vectors.jsonl');
  const vectors = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Example);
  const readable = vectors.filter(
    ({ kind, expression = '', timezone, jitter_seconds: jitter, active_hours: hours }) =>
      kind === 'cron' &&
      timezone in offsets &&
      expression.endsWith(' * * *') &&
      jitter === undefined &&
      hours === undefined,
  );
  expect(readable.length).toBeGreaterThan(0);
  for (const { expression = '', timezone, from: since, expected } of readable) {
    const fields = expression.split(' ');
    const rule = {
      kind: 'cron',
      expression: fields.length === 5 ? `0 ${fields.join(' ')}` : fields.join(' '),
      offsetMinutes: offsets[timezone] ?? 0,
    } as const;
    expect(instantsOf(rule, at(since), at(expected.at(-1) ?? since))).toEqual(expected.map(at));
  }
});
