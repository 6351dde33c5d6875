import { expect, test } from 'vitest';
import { filledPlace } from './filled.ts';
import { flawsOf } from './flaws.ts';

const forms = ['/jobs/new', '/calendars/new?kind=holiday', '/calendars/new?kind=blackout'];
const place = filledPlace((_context, alone) => Promise.resolve([...alone, ...forms]));

test(
  'every page of one thing, and every form, is accessible as far as a machine can tell, fits a phone, and complains of nothing',
  { timeout: 300_000 },
  async () => {
    expect(await flawsOf(place())).toEqual([]);
  },
);
