import { expect, test } from 'vitest';
import { fencesOf } from './fences.ts';

const fence = '```sh\ntrue\n```';

test('a fence is run to its end unless a comment says otherwise', () => {
  expect(fencesOf(`# Page\n\n${fence}\n`)).toEqual({
    fences: [{ line: 4, code: 'true\n', background: null, stopFirst: false, status: 0, says: [], given: [] }],
    left: [],
    databases: ['SQLite'],
  });
});

test('a comment says how it is run', () => {
  const words =
    'after stopping; in the background until "Listening"; ends with 5; says "a; b"; YOUR_TOKEN follows "#token="';
  const [found] = fencesOf(`<!-- run: ${words} -->\n${fence}`).fences;
  expect(found).toMatchObject({
    stopFirst: true,
    background: 'Listening',
    status: 5,
    says: ['a; b'],
    given: [{ word: 'YOUR_TOKEN', follows: '#token=' }],
  });
});

test('a fence is left out for a reason', () => {
  const { fences, left } = fencesOf(`<!-- not run: needs a machine with systemd -->\n${fence}`);
  expect([fences, left]).toEqual([[], [{ line: 3, why: 'needs a machine with systemd' }]]);
});

test('a page may name the databases it is run on', () => {
  expect(fencesOf('<!-- runs on: SQLite, PostgreSQL -->\n').databases).toEqual(['SQLite', 'PostgreSQL']);
});

test.each([
  [`<!-- not run: no -->\n${fence}`, 'say why'],
  [`<!-- run: backwards -->\n${fence}`, "'backwards' is no way"],
  [`<!-- run: ends with 5 -->\n\n${fence}`, 'apart from its fence'],
  [`<!-- runs on: Oracle -->\n${fence}`, "'Oracle' is no database"],
])('%j is refused', (text, words) => {
  expect(() => fencesOf(text)).toThrow(words);
});
