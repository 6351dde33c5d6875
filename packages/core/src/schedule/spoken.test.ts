import { expect, test } from 'vitest';
import { spoken } from './spoken.ts';

test.each([
  ['2027-03-28T01:00:00Z', 'Europe/Berlin', '2027-03-28 03:00 (UTC+02:00, Europe/Berlin)'],
  ['2026-11-25T20:27:30.424Z', 'Asia/Hong_Kong', '2026-11-26 04:27:30 (UTC+08:00, Asia/Hong_Kong)'],
  ['2026-11-25T20:27:00.999Z', 'America/St_Johns', '2026-11-25 16:57 (UTC-03:30, America/St_Johns)'],
])('%s is spoken in %s, to the second', (at, timezone, words) => {
  expect(spoken(Date.parse(at), timezone)).toBe(words);
});
