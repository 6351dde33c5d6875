import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatInstant, parseInstant } from '../model/instant.ts';
import { scheduleFromJson } from './from-json.ts';
import { nextInstants } from './occurrences.ts';

interface Vector {
  readonly id: string;
  readonly kind: string;
  readonly from: string;
  readonly count: number;
  readonly expected: readonly string[];
  readonly tags: readonly string[];
}

const vectors = readFileSync(new URL('./schedule-vectors.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);

test.each(vectors)('worked example $id ($kind) names the expected instants', (vector) => {
  const spec = scheduleFromJson(vector, { ignoreUnknown: true });
  const from = parseInstant(vector.from) ?? 0;
  expect(nextInstants(spec, from, vector.count).map(formatInstant)).toEqual(vector.expected);
});
