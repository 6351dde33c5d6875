import { ScheduleInput } from 'job-trigger-contract';
import { expect, test } from 'vitest';
import { looksLikeCrontab, timesProblem, withRule, workingDays } from './schedule-draft.ts';

test.each([
  ['*/5 * * * * /usr/bin/foo --bar # comment', true],
  ['0 9 * * 1-5', true],
  ['CRON_TZ=Europe/Berlin 0 9 * * MON foo', true],
  ['# nightly\nMAILTO=me\n0 3 * * * root /usr/bin/foo', true],
  ['@daily foo', true],
  ['09:30', false],
  ['2027-01-31T09:00:00', false],
  ['weekdays at 9:30', false],
  ['Europe/Berlin', false],
])('%j pasted: is it a crontab line? %s', (text, is) => {
  expect(looksLikeCrontab(text)).toBe(is);
});
test('a rule that was read keeps identity and filters, and leaves no field of the old kind', () => {
  const draft = { kind: 'daily', times: ['09:00'], id: 'x', timezone: 'UTC', jitter_seconds: 5 } as const;
  expect(withRule(draft, { kind: 'cron', expression: '0 9 * * *', timezone: 'Asia/Tokyo' })).toEqual({
    kind: 'cron',
    expression: '0 9 * * *',
    id: 'x',
    timezone: 'Asia/Tokyo',
    jitter_seconds: 5,
  });
});

test('a time of day that is none is told of at once', () => {
  expect(timesProblem({ kind: 'daily', times: ['09:00', '9.30', '24:00'] })).toMatch(/^“9\.30”, “24:00”: no time/);
  expect(timesProblem({ kind: 'daily', times: ['00:00', '23:59:59'] })).toBeNull();
  expect(timesProblem({ kind: 'hourly', minute: 5 })).toBeNull();
});

test('the form offers every working day of the month that is accepted', () => {
  const isAccepted = (day: number): boolean =>
    ScheduleInput.safeParse({ kind: 'monthly', business_day: day, times: ['09:00'], timezone: 'UTC' }).success;
  const accepted = Array.from({ length: 40 }, (_, at) => at - 5).filter(isAccepted);
  expect(workingDays.map(({ value }) => Number(value))).toEqual(accepted);
});
