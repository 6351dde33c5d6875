/**
 * Every zone of the runtime around its clock changes, against a slow reader of its own. The default run takes the changes
 * of one year; `npm run test:zones` those of 1990 to 2037.
 */
import { expect, test } from 'vitest';
import type { ScheduleSpec } from '../model/schedule.ts';
import { formatInstant } from '../model/instant.ts';
import { slowInstants, slowLocal } from '../testing/slow-schedule.ts';
import { iterate, nextOf } from './occurrences.ts';
import { listZones, zoneOf } from './zone.ts';

const long = process.env['JTP_TEST_ZONES'] === 'all';
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const [begin, end] = long ? [Date.UTC(1990, 0, 1), Date.UTC(2037, 0, 1)] : [Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)];

/** Days (UTC) within which `Intl` says that the offset changed. Looked for in steps of four, as no change lasts less. */
function changedDays(zone: string): number[] {
  const days: number[] = [];
  const offset = (at: number): number => slowLocal(zone, at) - at;
  for (let from = begin; from < end; from += 4 * dayMs) {
    if (offset(from) === offset(from + 4 * dayMs)) continue;
    for (let day = from; day < from + 4 * dayMs; day += dayMs) if (offset(day) !== offset(day + dayMs)) days.push(day);
  }
  return days;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Rules that touch the hours of a change, one of each class and kind; the change's own local minute is among them. */
function rulesAround(zone: string, change: number): ScheduleSpec[] {
  const local = new Date(change + zoneOf(zone).segmentAt(change - 1).offset);
  const [hour, minute] = [local.getUTCHours(), local.getUTCMinutes()];
  const time = (ahead: number): string => {
    const at = (hour * 60 + minute + ahead + 1440) % 1440;
    return `${two(Math.floor(at / 60))}:${two(at % 60)}`;
  };
  const hours = `${hour},${(hour + 1) % 24}`
    .split(',')
    .sort((a, b) => Number(a) - Number(b))
    .join();
  const day = local.getUTCDate();
  return [
    { kind: 'daily', times: [time(0), time(15), time(59)], timezone: zone },
    { kind: 'daily', times: [time(-30)], timezone: zone },
    { kind: 'weekly', weekdays: [1, 6, 7], times: [time(30)], timezone: zone },
    { kind: 'monthly', day, times: [time(30)], timezone: zone },
    { kind: 'monthly', day: 31, times: ['00:00', time(5)], timezone: zone },
    { kind: 'hourly', minute: 30, timezone: zone },
    { kind: 'cron', expression: `0,20,40 ${hours} * * *`, timezone: zone },
    { kind: 'cron', expression: '*/15 * * * *', timezone: zone },
    { kind: 'cron', expression: `*/20 ${hours} * * *`, timezone: zone },
    { kind: 'cron', expression: '30 */3 * * *', timezone: zone },
    { kind: 'cron', expression: `30 ${hour} ${day} * 0`, timezone: zone },
    { kind: 'interval', every: 2, unit: 'hours', anchor: '00:30', timezone: zone },
    { kind: 'interval', every: 20, unit: 'minutes', anchor: '00:05', timezone: zone },
  ];
}

function compare(spec: ScheduleSpec, from: number, to: number): number {
  const expected = slowInstants(spec, from, to);
  const found: number[] = [];
  for (const { at } of iterate(spec, from - 1)) {
    if (at > to) break;
    found.push(at);
  }
  const say = `${JSON.stringify(spec)} from ${formatInstant(from)}`;
  expect(found.map(formatInstant), say).toEqual(expected.map(formatInstant));
  // Asked anew from anywhere, also from inside a repeated hour, the answer is the next of the same row.
  let place = 0;
  for (let ask = from; ask < to; ask += 17 * 60_000) {
    while ((expected[place] ?? Infinity) <= ask) place += 1;
    if (place < expected.length && nextOf(spec, ask) !== expected[place])
      expect.fail(`${say}: asked at ${formatInstant(ask)}, told ${String(nextOf(spec, ask))}`);
  }
  return expected.length;
}

const zones = listZones();
const parts = Array.from({ length: 8 }, (_, part) => zones.filter((_zone, at) => at % 8 === part));

test.each(parts.map((part, at) => [at + 1, part] as const))(
  'around every clock change, instants are those a slow reader finds (part %i of the zones) (F37)',
  (_part, zonesOfPart) => {
    let compared = 0;
    for (const zone of zonesOfPart) {
      const days = changedDays(zone);
      // A zone without changes is compared on one day all the same.
      for (const day of days.length === 0 ? [begin + 60 * dayMs] : days) {
        const segment = zoneOf(zone).segmentAt(day);
        const change = segment.until <= day + 2 * dayMs ? segment.until : day + 2 * hourMs;
        for (const spec of rulesAround(zone, change)) compared += compare(spec, day - dayMs, day + 2 * dayMs);
      }
    }
    expect(compared).toBeGreaterThan(1000);
  },
  long ? 3_600_000 : 60_000,
);
