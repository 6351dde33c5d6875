/**
 * How fast schedules are: the next instant beside croner and cron-parser, refusals, what a scan for due schedules costs,
 * and projections. `npm run bench:schedules`; five rounds interleaved, medians with the lowest and highest round.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CronExpressionParser } from 'cron-parser';
import { Cron } from 'croner';
import { validateSchedule } from '../packages/core/src/schedule/validate.ts';
import { nextPlanOf, nextOf, occurrencesOf } from '../packages/core/src/schedule/occurrences.ts';
import type { ScheduleSpec } from '../packages/core/src/model/schedule.ts';
import { migrate, openStore, realSystem } from '../packages/core/src/index.ts';
import { seededRandom } from '../packages/core/src/testing/seeded-random.ts';

const rounds = 5;
const random = seededRandom(20_261_125);
function pick<T>(list: readonly T[]): T {
  const found = list[Math.floor(random.next() * list.length)];
  if (found === undefined) throw new RangeError('Nothing to pick from.');
  return found;
}
const whole = (least: number, most: number): number => least + Math.floor(random.next() * (most - least + 1));

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}
const shown = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
function row(label: string, values: readonly number[], unit: string): void {
  const spread = `${shown(Math.min(...values))} – ${shown(Math.max(...values))}`;
  console.log(`${label.padEnd(52)} ${shown(median(values)).padStart(8)} ${unit.padEnd(3)} (${spread})`);
}

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Hong_Kong',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Europe/London',
];

/** The kinds of rule that installations hold, in about the shares they hold them. */
function expressionOf(): string {
  const [minute, hour] = [whole(0, 59), whole(0, 23)];
  return pick([
    () => `${minute} ${hour} * * *`,
    () => `${minute} ${hour} * * *`,
    () => `${minute} ${hour} * * 1-5`,
    () => `*/${pick([2, 5, 10, 15, 30])} * * * *`,
    () => `*/${pick([5, 10, 15])} * * * *`,
    () => `${minute} * * * *`,
    () => `${minute} */${pick([2, 3, 4, 6])} * * *`,
    () => `*/15 9-17 * * 1-5`,
    () => `${minute} ${hour} ${whole(1, 28)} * *`,
    () => `${minute} ${hour} L * *`,
    () => `${minute} ${hour} * * ${whole(1, 5)}`,
    () => `${minute} ${hour} * * ${whole(1, 5)}#${whole(1, 4)}`,
    () => `${minute} ${hour} 1 ${whole(1, 12)} *`,
    () => `${minute} ${hour} 29 2 *`,
    () => `0,30 ${hour} * * 6,0`,
  ])();
}

interface Rule {
  readonly expression: string;
  readonly timezone: string;
  readonly spec: ScheduleSpec;
}
const mixed: readonly Rule[] = Array.from({ length: 1000 }, () => {
  const [expression, timezone] = [expressionOf(), pick(zones)];
  return { expression, timezone, spec: { kind: 'cron', expression, timezone } };
});
const begin = Date.UTC(2026, 0, 1);
const instants = Array.from({ length: 16 }, () => begin + whole(0, 2 * 365 * 86_400) * 1000 + whole(1, 999));

/** Microseconds of one call, for each rule on its own. */
function each(next: (place: number, from: number) => unknown): number[] {
  return mixed.map((_, place) => {
    const started = performance.now();
    for (const from of instants) next(place, from);
    return ((performance.now() - started) / instants.length) * 1000;
  });
}

function nextInstant(): void {
  const peers = mixed.map(({ expression, timezone }) => ({
    croner: new Cron(expression, { timezone, paused: true }),
    parser: CronExpressionParser.parse(expression, { tz: timezone }),
  }));
  const specs = mixed.map(({ spec }) => spec);
  const never: ScheduleSpec = { kind: 'once', at: '1970-01-01T00:00:00', timezone: 'UTC' };
  const contestants = {
    ours: (place: number, from: number) => nextPlanOf(specs[place] ?? never, from),
    croner: (place: number, from: number) => peers[place]?.croner.nextRun(new Date(from)),
    'cron-parser': (place: number, from: number) => {
      const parser = peers[place]?.parser;
      parser?.reset(new Date(from));
      return parser?.next();
    },
  };
  const figures: Record<string, number[]> = { ours: [], croner: [], 'cron-parser': [] };
  const faults: Record<string, number> = {};
  const counting = (name: string, next: (place: number, from: number) => unknown) => (place: number, from: number) => {
    try {
      return next(place, from);
    } catch {
      faults[name] = (faults[name] ?? 0) + 1;
      return null;
    }
  };
  for (let round = 0; round < rounds + 1; round += 1)
    for (const [name, next] of Object.entries(contestants)) {
      const times = each(counting(name, next));
      // The first round warms up.
      if (round > 0) figures[name]?.push(median(times));
    }
  console.log('\nNext instant of a ready rule, median of 1,000 mixed rules');
  for (const [name, values] of Object.entries(figures)) row(`  ${name}`, values, 'µs');
  const ours = median(figures['ours'] ?? []);
  for (const name of ['croner', 'cron-parser'])
    console.log(
      `  ${name}: ours is ${shown(median(figures[name] ?? []) / ours)} times as fast; it threw ${faults[name] ?? 0} times`,
    );
}

function firstInstant(): void {
  const cold: Record<string, number[]> = { ours: [], croner: [], 'cron-parser': [] };
  const make = {
    ours: ({ expression, timezone }: Rule, from: number) => nextPlanOf({ kind: 'cron', expression, timezone }, from),
    croner: ({ expression, timezone }: Rule, from: number) =>
      new Cron(expression, { timezone, paused: true }).nextRun(new Date(from)),
    'cron-parser': ({ expression, timezone }: Rule, from: number) => {
      try {
        return CronExpressionParser.parse(expression, { tz: timezone, currentDate: new Date(from) }).next();
      } catch {
        return null;
      }
    },
  };
  for (let round = 0; round < rounds; round += 1)
    for (const [name, next] of Object.entries(make)) {
      const started = performance.now();
      for (const rule of mixed) next(rule, instants[round] ?? begin);
      cold[name]?.push(performance.now() - started);
    }
  console.log('\nThe same from the text, once each: 1,000 rules parsed and asked');
  for (const [name, values] of Object.entries(cold)) row(`  ${name}`, values, 'ms');
}

/** A stored rule is read anew each time it is due. */
function madeReady(): void {
  console.log('\nA rule made ready and asked once, a thousand times');
  for (const expression of ['0 9 * * 1-5', '*/5 * * * *', '*/5 * * * * *', '* * * * * *']) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const started = performance.now();
      for (let made = 0; made < 1000; made += 1) nextOf({ kind: 'cron', expression, timezone: 'Europe/Berlin' }, begin);
      times.push(performance.now() - started);
    }
    row(`  ${expression}`, times, 'ms');
  }
}

function refusals(): void {
  console.log('\nA rule that never fires, refused');
  for (const expression of ['0 0 30 2 *', '0 0 31 2,4,6,9,11 *', '0 0 31W 2 *', '* * * 2 2#5']) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const spec: ScheduleSpec = { kind: 'cron', expression, timezone: 'Europe/Berlin' };
      const started = performance.now();
      try {
        validateSchedule(spec, { now: begin });
      } catch {
        // Refused, as it should.
      }
      times.push(performance.now() - started);
    }
    row(`  ${expression}`, times, 'ms');
  }
}

function projection(): void {
  const jobs: readonly ScheduleSpec[] = mixed.map(({ spec }) => spec);
  const until = begin + 90 * 86_400_000;
  const times: number[] = [];
  const processor: number[] = [];
  let total = 0;
  for (let round = 0; round < rounds; round += 1) {
    total = 0;
    const used = process.cpuUsage();
    const started = performance.now();
    for (const spec of jobs) total += occurrencesOf(spec, { after: begin, until, limit: 200_000 }).length;
    times.push(performance.now() - started);
    processor.push(process.cpuUsage(used).user / 1000);
  }
  console.log(`\n90 days ahead of 1,000 jobs, every instant (${total.toLocaleString('en')} of them)`);
  row('  all', times, 'ms');
  row('  all, processor time', processor, 'ms');
  row(
    '  a million instants',
    times.map((ms) => (ms / total) * 1_000_000),
    'ms',
  );
}

async function scan(): Promise<void> {
  console.log('\nSchedules due in a cycle: 100 due of all that are stored (SQLite, a file)');
  for (const stored of [1000, 10_000, 100_000, 1_000_000]) {
    const folder = mkdtempSync(join(tmpdir(), 'jtp-bench-'));
    try {
      const path = join(folder, 'bench.db');
      const system = realSystem();
      await migrate({ url: `sqlite:${path}`, system });
      const database = new DatabaseSync(path);
      const spec = JSON.stringify({ kind: 'daily', times: ['09:00'], timezone: 'UTC' });
      database.exec('BEGIN');
      const job = database.prepare(
        `INSERT INTO jobs (id, created_at, updated_at, version, name, sort_name, type, active, automatic_runs, demo) VALUES (?, 1, 1, 1, ?, ?, 'script', 1, 0, 0)`,
      );
      const version = database.prepare(
        'INSERT INTO job_versions (job_id, version, created_at, definition) VALUES (?, 1, 1, ?)',
      );
      const schedule = database.prepare(
        `INSERT INTO schedules (id, job_id, created_at, active, priority, spec, revision, cursor_at, plan_at, next_due_at, tz_version) VALUES (?, ?, 1, 1, 0, ?, 1, 0, ?, ?, 'x')`,
      );
      const now = Date.now();
      for (let id = 1; id <= stored; id += 1) {
        const planAt = id % (stored / 100) === 0 ? now - 1000 : now + 3_600_000 + id;
        // Only jobs that are due are read; the others need no definition.
        if (planAt < now) {
          job.run(id, `job ${id}`, `job ${id}`);
          version.run(id, '{"name":"job","tags":[]}');
        }
        schedule.run(id, id, spec, planAt, planAt);
      }
      database.exec('COMMIT');
      database.exec('ANALYZE');
      database.close();
      const store = await openStore({ url: `sqlite:${path}`, system });
      const times: number[] = [];
      for (let round = 0; round < rounds + 2; round += 1) {
        const started = performance.now();
        const due = await store.schedules.due(now, 1000);
        for (const { schedules } of due) for (const each of schedules) nextOf(each.spec, now);
        if (due.length !== 100) throw new Error(`${due.length} found`);
        if (round > 1) times.push(performance.now() - started);
      }
      row(`  ${stored.toLocaleString('en')} stored`, times, 'ms');
      await store.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

console.log(`Node ${process.version}, zone data ${process.versions['tz'] ?? 'unknown'}, ${rounds} rounds`);
nextInstant();
firstInstant();
madeReady();
refusals();
projection();
await scan();
