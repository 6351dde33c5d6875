import { describe as group, expect, test } from 'vitest';
import { JobTriggerError } from '../errors.ts';
import { parseInstant } from '../model/instant.ts';
import type { AskedBack } from './words-answer.ts';
import { understandWords } from './words.ts';

// A Wednesday, 12:00 in Hong Kong.
const context = { now: parseInstant('2026-11-25T04:00:00Z') ?? 0, timezone: 'Asia/Hong_Kong' };
const zone = { timezone: 'Asia/Hong_Kong' };

function specOf(text: string): object {
  const answer = understandWords(text, context);
  if (answer.kind === 'asked') throw new Error(`asked: ${answer.question}`);
  return answer.spec;
}
function asked(text: string): AskedBack {
  const answer = understandWords(text, context);
  if (answer.kind === 'understood') throw new Error(`understood: ${answer.description}`);
  return answer;
}
function refusal(text: string): string {
  try {
    understandWords(text, context);
  } catch (error) {
    if (error instanceof JobTriggerError && error.code === 'schedule_invalid') return error.fields[0]?.message ?? '';
    throw error;
  }
  throw new Error(`understood: ${text}`);
}

group('words', () => {
  test.each([
    ['weekdays at 9:30', { kind: 'weekly', weekdays: [1, 2, 3, 4, 5], times: ['09:30'] }],
    ['every 2 hours', { kind: 'interval', every: 2, unit: 'hours' }],
    ['Every two hours', { kind: 'interval', every: 2, unit: 'hours' }],
    ['every 5m', { kind: 'interval', every: 5, unit: 'minutes' }],
    ['every half hour', { kind: 'interval', every: 30, unit: 'minutes' }],
    ['every minute', { kind: 'interval', every: 1, unit: 'minutes' }],
    ['last Friday 18:00', { kind: 'monthly', nth: -1, weekday: 5, times: ['18:00'] }],
    ['last friday of the month at 6pm', { kind: 'monthly', nth: -1, weekday: 5, times: ['18:00'] }],
    ['first of the month at noon', { kind: 'monthly', day: 1, times: ['12:00'] }],
    ['on the 15th of every month at 9:00', { kind: 'monthly', day: 15, times: ['09:00'] }],
    ['last day of the month at midnight', { kind: 'monthly', day: 'last', times: ['00:00'] }],
    ['the 1st and 15th at 7:15 am', { kind: 'cron', expression: '15 7 1,15 * *' }],
    ['first and third monday at 10:00', { kind: 'cron', expression: '0 10 * * 1#1,1#3' }],
    ['last weekday of the month at 17:00', { kind: 'cron', expression: '0 17 LW * *' }],
    ['last working day of the month at 17:00', { kind: 'monthly', businessDay: -1, times: ['17:00'] }],
    ['first business day of the month at 9', { kind: 'monthly', businessDay: 1, times: ['09:00'] }],
    ['last workday of december at noon', { kind: 'yearly', month: 12, businessDay: -1, times: ['12:00'] }],
    ['daily at half past ten', { kind: 'daily', times: ['10:30'] }],
    ['daily at quarter to 12 am', { kind: 'daily', times: ['23:45'] }],
    ['weekends at quarter past 5pm', { kind: 'weekly', weekdays: [6, 7], times: ['17:15'] }],
    ['every monday and thursday 7am', { kind: 'weekly', weekdays: [1, 4], times: ['07:00'] }],
    ['mon-fri at 8', { kind: 'weekly', weekdays: [1, 2, 3, 4, 5], times: ['08:00'] }],
    ['Monday to Friday at 8', { kind: 'weekly', weekdays: [1, 2, 3, 4, 5], times: ['08:00'] }],
    ['saturday to monday at 8', { kind: 'weekly', weekdays: [1, 6, 7], times: ['08:00'] }],
    ['weekends at midday', { kind: 'weekly', weekdays: [6, 7], times: ['12:00'] }],
    ['fridays at 12am', { kind: 'weekly', weekdays: [5], times: ['00:00'] }],
    ['hourly', { kind: 'hourly', minute: 0 }],
    ['every hour at :05', { kind: 'hourly', minute: 5 }],
    ['15 minutes past every hour', { kind: 'hourly', minute: 15 }],
    ['every 2 hours at :30', { kind: 'interval', every: 2, unit: 'hours', anchor: '00:30' }],
    ['every 6 hours starting at 9:00', { kind: 'interval', every: 6, unit: 'hours', anchor: '09:00' }],
    ['every 25 december at 9', { kind: 'yearly', month: 12, day: 25, times: ['09:00'] }],
    ['january 1st at 00:00', { kind: 'yearly', month: 1, day: 1, times: ['00:00'] }],
    ['first monday of september at 9', { kind: 'yearly', month: 9, nth: 1, weekday: 1, times: ['09:00'] }],
    ['tomorrow at 9', { kind: 'once', at: '2026-11-26T09:00:00' }],
    ['once on 2027-01-31 at 17:30', { kind: 'once', at: '2027-01-31T17:30:00' }],
    ['once on january 2 at 8', { kind: 'once', at: '2027-01-02T08:00:00' }],
  ])('%j', (text, rule) => {
    expect(specOf(text)).toEqual({ ...rule, ...zone });
  });
  test('zones by name or by city', () => {
    expect(specOf('daily at 9 and 17:30 Europe/Berlin')).toEqual({
      kind: 'daily',
      times: ['09:00', '17:30'],
      timezone: 'Europe/Berlin',
    });
    expect(specOf('daily at 9 in New York')).toMatchObject({ timezone: 'America/New_York' });
    expect(specOf('daily at 9 (UTC)')).toMatchObject({ timezone: 'UTC' });
    expect(refusal('daily at 9 CST')).toMatch(/position 12: 'CST' can mean several zones/);
    expect(refusal('daily at 9 Europe/Berln')).toMatch(/position 12.*no zone/);
  });
  test('a window of the day becomes active hours', () => {
    expect(specOf('every 15 minutes between 9 and 17:30 on weekdays')).toEqual({
      kind: 'interval',
      every: 15,
      unit: 'minutes',
      anchor: '00:00',
      activeHours: [{ from: '09:00', to: '17:30', weekdays: [1, 2, 3, 4, 5] }],
      ...zone,
    });
  });
  test.each([
    ['friday at 18:00', /Every Friday, or once/],
    ['daily', /time of day/],
    ['weekdays', /time of day/],
    ['last working day of the month', /time of day/],
    ['weekly at 9', /day of the week/],
    ['monthly at 9', /day of the month/],
    ['yearly at 9', /day of the year/],
    ['at 9:30', /On which days/],
    ['every second monday at 9', /Every other Monday, or the second Monday/],
    ['every other monday at 9', /Beginning on which day/],
    ['every 2 weeks on monday at 9', /Beginning on which day/],
    ['every 3 days at 9', /Counted from/],
    ['every 3 months at 9', /Counted from/],
    ['on 1/2/2027 at 9:00', /Which day is 1\/2\/2027/],
    ['january at 9', /Which day of January/],
  ])('%j is asked back, and every choice is understood in the end', (text, question) => {
    const answer = asked(text);
    expect(answer.question).toMatch(question);
    expect(answer.choices.length).toBeGreaterThan(1);
    for (const { text: chosen } of answer.choices) {
      let next = understandWords(chosen, context);
      for (let turns = 0; next.kind === 'asked' && turns < 3; turns += 1)
        next = understandWords(next.choices[0]?.text ?? '', context);
      expect(next.kind, chosen).toBe('understood');
    }
  });
  test('every other Monday keeps its week', () => {
    expect(specOf('every other monday at 9 starting 2026-11-30')).toEqual({
      kind: 'interval',
      every: 2,
      unit: 'weeks',
      start: parseInstant('2026-11-30T01:00:00Z'),
      ...zone,
    });
  });
  test.each([
    ['', /empty/],
    ['mondey at 9', /position 1: 'mondey'.*Did you mean 'monday'/],
    ['weekdays at 25:00', /position 13: '25:00' is no time of day/],
    ['daily at nine thirty', /position 10: 'nine'/],
    ['daily at half ten', /^position 10: 'half' is not understood; understood are/],
    ['daily at half past 9:30', /position 20: '9:30' should go with an hour/],
    ['daily at quarter to', /position 18: 'to' should go with an hour/],
    ['once on the last working day of may at 9', /once goes with a date/],
    ['last working day of may and june at 9', /one day and one month/],
    ['the 13th and friday at 9', /either or both/],
    ['every 7 hours starting at 9:00', /does not divide the day/],
    ['once on 2027-02-30 at 9', /no day of the calendar/],
    ['every 2 blorps', /position 7: '2'/],
    ['x'.repeat(3000), /longer than/],
    ['🎉 at noon', /position 1/],
  ])('%j is refused with its place', (text, message) => {
    expect(refusal(text)).toMatch(message);
  });
});

group('crontab lines', () => {
  const lineOf = (text: string) => {
    const answer = understandWords(text, context);
    if (answer.kind === 'asked') throw new Error(answer.question);
    return answer;
  };
  test('a command and a comment are told apart from the fields', () => {
    expect(lineOf('*/5 * * * * /usr/bin/foo --bar # comment')).toMatchObject({
      spec: { kind: 'cron', expression: '*/5 * * * *', ...zone },
      command: '/usr/bin/foo --bar',
      user: null,
    });
  });
  test.each([
    ['0 9 * * 1-5', '0 9 * * 1-5'],
    ['0 0 9 * * MON', '0 0 9 * * MON'],
    ['@daily', '@daily'],
    ['@hourly /usr/bin/foo', '@hourly'],
    ['0 9 * * mon,wed backup.sh', '0 9 * * mon,wed'],
    ['0 3 L * * backup.sh', '0 3 L * *'],
    ['  30 2 * * * run-it', '30 2 * * *'],
  ])('%j', (text, expression) => {
    expect(lineOf(text).spec).toMatchObject({ kind: 'cron', expression });
  });
  test('a zone in front or above', () => {
    expect(lineOf('CRON_TZ=Europe/Berlin 0 9 * * * foo').spec.timezone).toBe('Europe/Berlin');
    expect(lineOf('TZ="Europe/Paris" 0 9 * * * foo').spec.timezone).toBe('Europe/Paris');
    expect(lineOf('# backups\nMAILTO=me\nCRON_TZ=Asia/Tokyo\n0 9 * * * foo\n').spec.timezone).toBe('Asia/Tokyo');
    expect(refusal('CRON_TZ=Mars/X 0 9 * * * foo')).toMatch(/no zone/);
  });
  test('the user column of a system crontab', () => {
    expect(lineOf('17 * * * * root cd / && run-parts --report /etc/cron.hourly')).toMatchObject({
      user: 'root',
      command: 'cd / && run-parts --report /etc/cron.hourly',
    });
    expect(lineOf('0 5 * * * deploy /srv/app/bin/clean')).toMatchObject({ user: 'deploy' });
    expect(lineOf('0 5 * * * python3 /srv/clean.py')).toMatchObject({ user: null, command: 'python3 /srv/clean.py' });
  });
  test('@every is an interval', () => {
    expect(lineOf('@every 1h30m').spec).toMatchObject({ kind: 'interval', every: 90, unit: 'minutes' });
  });
  test('faults keep their place in the whole line', () => {
    expect(refusal('CRON_TZ=UTC 99 * * * * foo')).toMatch(/minute \(position 13\): '99' is outside 0-59/);
    expect(refusal('@reboot foo')).toMatch(/names no time/);
  });
  test('several lines, and a sixth number before a command, are asked back', () => {
    expect(asked('0 9 * * * a\n0 10 * * * b').choices.map(({ text }) => text)).toEqual(['0 9 * * * a', '0 10 * * * b']);
    expect(asked('0 0 9 * * 1 foo').choices.map(({ text }) => text)).toEqual(['0 0 9 * * 1', '0 0 9 * *']);
  });
});
