import { expect, test } from 'vitest';
import { spoken } from '../schedule/spoken.ts';
import { spokenParts } from './spoken-parts.ts';

test.each(['UTC', 'Asia/Hong_Kong', 'America/Argentina/Buenos_Aires', 'Asia/Kathmandu', 'Etc/GMT+5'])(
  'reads back what a sentence says of an instant in %s',
  (timezone) => {
    for (const at of [Date.UTC(2027, 2, 28, 1), Date.UTC(2027, 9, 31, 0, 30, 7)]) {
      const text = `Due ${spoken(at, timezone)}, not started.`;
      expect(spokenParts(text)).toEqual(['Due ', { at, timezone }, ', not started.']);
    }
  },
);

test('takes the instants of a sentence in turn, and leaves everything else as it is', () => {
  const at = Date.UTC(2027, 0, 1, 9);
  const text = `From ${spoken(at, 'UTC')} to ${spoken(at + 60_000, 'UTC')}`;
  expect(spokenParts(text)).toEqual(['From ', { at, timezone: 'UTC' }, ' to ', { at: at + 60_000, timezone: 'UTC' }]);
  expect(spokenParts('')).toEqual([]);
  expect(spokenParts('On 2027-13-45 99:99 (UTC+00:00, UTC)')).toEqual(['On 2027-13-45 99:99 (UTC+00:00, UTC)']);
});
