import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../../test/setup/databases.ts';
import { benchOf, type Bench, type Place } from '../../engine/test-bench.ts';
import { defaultScriptRules } from '../../handlers/script-file.ts';
import type { Attempt, Run } from '../../model/run.ts';
import type { JobSummary } from '../../store/job-tables.ts';
import { LogReader } from '../../spawner/log-reader.ts';
import { logPath } from '../../spawner/log-path.ts';
import type { Actor, OperationContext } from '../context.ts';
import { createOperations } from '../operations.ts';
import { company } from './company.ts';
import type { DemoFile } from './demo.ts';
import { historyMs } from './demo-job.ts';
import { fillingOf } from './fill.ts';

const actor: Actor = { personId: null, name: 'mei', via: 'cli' };
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

function contextOf({ store, system, folder }: Bench, more: Partial<OperationContext> = {}): OperationContext {
  return {
    store,
    system,
    dataDir: folder,
    scriptsDir: join(folder, 'scripts'),
    defaultTimezone: 'UTC',
    allowCommand: false,
    outgoingAllow: [],
    scriptRules: defaultScriptRules,
    retryDefaults: { maxAttempts: 3, delaySeconds: 300 },
    ...more,
  };
}

/** A file for every script that the demo's jobs name. */
function givenScripts(bench: Bench): DemoFile[] {
  const jobs = company({ now: bench.clock.wall(), portalUrl: null });
  const paths = new Set(
    jobs.flatMap(({ job }) => (typeof job.config?.['script'] === 'string' ? [job.config['script']] : [])),
  );
  return [...paths].map((path) => {
    const file = join(bench.folder, 'scripts', path);
    const text = `// ${path}\n`;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o644 });
    return { path, sha256: createHash('sha256').update(text).digest('hex') };
  });
}

async function runsOf({ store }: Bench, jobId: number): Promise<Run[]> {
  const runs: Run[] = [];
  for (let after: string | null | undefined; after !== null;) {
    const page = await store.runs.list({ jobId }, { limit: 500, after: after ?? null });
    runs.push(...page.items);
    after = page.next;
  }
  return runs.reverse();
}

const demoJobs = async ({ store }: Bench): Promise<readonly JobSummary[]> =>
  (await store.jobs.list({ demo: true }, 'name', false, { limit: 100 })).items;

async function given(bench: Bench, more: Partial<OperationContext> = {}) {
  const files = givenScripts(bench);
  const operations = createOperations(contextOf(bench, more));
  const filled = await operations.demo.fill({ files, portalUrl: 'http://127.0.0.1:8080/api/health/live' }, actor);
  return { files, operations, filled };
}

describe.each(places)('a demo on %s', (_, place) => {
  const bench = benchOf(place);
  beforeAll(async () => {
    expect((await given(bench())).filled).toBe(true);
  });

  test('has an occurrence or a gap for every instant since each job was made', { timeout: 120_000 }, async () => {
    const now = bench().clock.wall();
    const jobs = await demoJobs(bench());
    expect(jobs).toHaveLength(20);
    const kinds = new Set(jobs.flatMap(({ schedules }) => schedules.map(({ spec }) => spec.kind)));
    expect([...kinds].sort()).toEqual(
      ['cron', 'daily', 'hourly', 'interval', 'monthly', 'once', 'rrule', 'weekly', 'yearly'].sort(),
    );
    const reasons = new Set<string>();
    for (const { job, schedules } of jobs) {
      for (const schedule of schedules) {
        expect(schedule.cursorAt).toBe(job.pausedAt ?? now);
        const span = { after: now - historyMs, until: schedule.cursorAt };
        expect(await bench().ledgerFaults(schedule, span), job.definition.name).toEqual([]);
      }
      const ledger = await bench().ledger(job.id);
      const runs = new Map((await runsOf(bench(), job.id)).map((run) => [run.id, run]));
      for (const entry of ledger) {
        if (entry.reason !== null) reasons.add(entry.reason);
        if (entry.kind === 'gap' || entry.runId === null) continue;
        expect(runs.get(entry.runId)).toMatchObject({ scheduleId: entry.scheduleId, dueAt: entry.dueAt });
        runs.delete(entry.runId);
      }
      expect([...runs.values()].filter(({ trigger }) => trigger !== 'manual')).toEqual([]);
    }
    expect([...reasons].sort()).toEqual(['active_hours', 'coalesced', 'overlap']);
  });

  test('its runs agree with their attempts, their events and each other', { timeout: 120_000 }, async () => {
    const { store, clock } = bench();
    const states = new Set<string>();
    let retried = 0;
    for (const { job } of await demoJobs(bench())) {
      const runs = await runsOf(bench(), job.id);
      const told = await endsToldOf(bench(), job.id);
      let free = 0;
      for (const run of runs) {
        states.add(run.state);
        expect(told.get(run.id)).toBe(1);
        const endedAt = run.endedAt ?? Infinity;
        expect(endedAt).toBeLessThanOrEqual(clock.wall());
        expect(endedAt).toBeGreaterThanOrEqual(run.startedAt ?? run.createdAt);
        // None of these jobs lets two run at once.
        if (run.startedAt !== null) {
          expect(run.startedAt).toBeGreaterThanOrEqual(Math.max(free, run.createdAt));
          free = endedAt;
        }
        if (run.state === 'succeeded' && run.attempt === 1) continue;
        const attempts = await store.runs.attempts(run);
        expect(faultOf(run, attempts), JSON.stringify({ run, attempts })).toBeNull();
        if (run.state === 'succeeded') retried += 1;
      }
    }
    expect([...states].sort()).toEqual(['cancelled', 'failed', 'lost', 'succeeded', 'timed_out']);
    expect(retried).toBeGreaterThan(5);
    expect(await store.runs.countLive()).toMatchObject({ queued: 0, leased: 0 });
  });

  test('shows jobs in every condition, and output that can be read', async () => {
    const operations = createOperations(contextOf(bench()));
    const jobs = await demoJobs(bench());
    const named = (name: string): JobSummary => {
      const found = jobs.find(({ job }) => job.definition.name === name);
      if (found === undefined) throw new Error(`There is no ${name}.`);
      return found;
    };
    expect(named('payment-reconciliation').consecutiveFailures).toBeGreaterThanOrEqual(3);
    expect(named('supplier-prices').lastRun).toMatchObject({
      state: 'failed',
      failure: { detail: expect.stringContaining('file not found') },
    });
    expect(jobs.filter(({ job }) => !job.active).map(({ job }) => job.definition.name)).toEqual([
      'newsletter',
      'warehouse-feed',
    ]);
    const failed = named('payment-reconciliation').lastRun;
    if (failed === null) throw new Error('It never ran.');
    const reader = await LogReader.open(logPath(bench().folder, failed, 1));
    const lines = (await reader?.read({ fromLine: 1, count: 10 })) ?? [];
    await reader?.close();
    expect(lines.map(({ stream, text }) => [stream, text])).toEqual([
      ['stdout', 'Asking the bank'],
      ['stderr', '401 Unauthorized: the token has expired'],
    ]);
    expect(lines.every(({ at }) => at >= (failed.startedAt ?? 0) && at <= (failed.endedAt ?? 0))).toBe(true);
    expect(await operations.demo.status()).toMatchObject({ jobs: 20, filledAt: bench().clock.wall() });
  });

  test('is not filled a second time', async () => {
    expect((await given(bench())).filled).toBe(false);
    expect(await demoJobs(bench())).toHaveLength(20);
  });
});

describe.each(places)('beside other jobs on %s, a demo', (_, place) => {
  const bench = benchOf(place);
  afterEach(async () => {
    await createOperations(contextOf(bench())).demo.remove(actor);
    rmSync(join(bench().folder, 'scripts'), { recursive: true, force: true });
  });

  test('takes other names, is filled by one of two, and calls what the rules for addresses allow', async () => {
    const { job } = await bench().job({ name: 'stock-sync' });
    const both = await Promise.all([1, 2].map(() => given(bench(), { outgoingAllow: ['127.0.0.1'] })));
    expect(both.filter(({ filled }) => filled)).toHaveLength(1);
    const names = (await demoJobs(bench())).map(({ job: { definition } }) => definition.name);
    expect(names).toHaveLength(20);
    expect(names.filter((name) => ['stock-sync (demo)', 'portal-health', 'disk-response'].includes(name))).toEqual([
      'portal-health',
      'stock-sync (demo)',
    ]);
    expect(await bench().store.jobs.get(job.id)).toEqual(job);
  });

  test('leaves nothing behind when it is removed, and touches nothing else', { timeout: 60_000 }, async () => {
    const mine = await bench().runOf((await bench().job({ name: 'mine' })).job);
    const { operations, files } = await given(bench());
    const [changed, used, ...rest] = files;
    if (changed === undefined || used === undefined) throw new Error('There are scripts.');
    const { scriptsDir } = contextOf(bench());
    writeFileSync(join(scriptsDir, changed.path), 'echo mine\n');
    await bench().job({
      name: 'user',
      type: 'script',
      config: { script: used.path, args: [], env: {}, workingDir: null },
    });
    const waiting = await operations.jobs.list({ demo: true, search: 'hello' }, 'name', false, { limit: 1 });
    await operations.runs.start(waiting.items[0]?.job.id ?? 0, {}, actor);
    const before = await operations.demo.status();
    const removed = await operations.demo.remove(actor);
    expect(removed).toEqual({
      jobs: 20,
      runs: before.runs,
      filesRemoved: rest.map(({ path }) => path),
      filesKept: [changed.path, used.path],
    });
    expect(await operations.demo.status()).toEqual({ filledAt: null, jobs: 0, runs: 0, files: [] });
    const { store, folder } = bench();
    expect((await store.runs.list({}, { limit: 50 })).items.map(({ id }) => id)).toEqual([mine.id]);
    expect(existsSync(join(folder, 'logs')) ? readdirSync(join(folder, 'logs')) : []).toEqual([]);
    expect(readFileSync(join(scriptsDir, changed.path), 'utf8')).toBe('echo mine\n');
    expect(rest.filter(({ path }) => existsSync(join(scriptsDir, path)))).toEqual([]);
    const events = (await store.events.list({}, { limit: 500 })).items;
    expect(events.filter(({ jobId }) => jobId !== null)).toEqual([]);
    expect(events[0]).toMatchObject({ kind: 'demo.removed', actor: 'mei', data: { jobs: 20, runs: before.runs } });
    expect(await operations.demo.remove(actor)).toMatchObject({ jobs: 0, runs: 0 });
  });
});

describe('the demo', () => {
  const bench = benchOf(null);

  test('is the same at the same moment', async () => {
    givenScripts(bench());
    const now = bench().clock.wall();
    const facts = { now, taken: new Set<string>() };
    const [one, other] = [1, 2].map(() =>
      fillingOf(contextOf(bench()), company({ now, portalUrl: null }), facts).then(
        ({ runs, events, gaps, occurrences }) => ({
          runs: runs.map(({ createdAt, state, startedAt, endedAt, failure, result }) => [
            createdAt,
            state,
            startedAt,
            endedAt,
            failure,
            result,
          ]),
          events: events.map(({ at, kind, data }) => [at, kind, data]),
          gaps: gaps.length,
          ledger: occurrences.map(({ dueAt, reason }) => [dueAt, reason]),
        }),
      ),
    );
    const first = await one;
    expect(first).toEqual(await other);
    expect(first?.runs.length).toBeGreaterThan(5000);
    expect(first?.events.every(([at], index, all) => index === 0 || Number(all[index - 1]?.[0]) <= Number(at))).toBe(
      true,
    );
  });
});

/** How often the events tell that each run of a job ended. */
async function endsToldOf({ store }: Bench, jobId: number): Promise<ReadonlyMap<number | null, number>> {
  const told = new Map<number | null, number>();
  for (let after: string | null | undefined; after !== null;) {
    const page = await store.events.list({ jobId }, { limit: 500, after: after ?? null });
    for (const { kind, runId } of page.items) if (kind.startsWith('run.')) told.set(runId, (told.get(runId) ?? 0) + 1);
    after = page.next;
  }
  return told;
}

function isEndOf(last: Attempt, { state, startedAt, endedAt }: Run): boolean {
  return last.outcome === state && last.endedAt === endedAt && last.startedAt === startedAt;
}

function isWordless({ state, failure }: Run): boolean {
  return state === 'failed' && failure?.message.startsWith('Exit') !== true;
}

/** What does not fit between a run and its attempts; null when all does. */
function faultOf(run: Run, attempts: readonly Attempt[]): string | null {
  if (attempts.length !== run.attempt) return 'not as many attempts as the run says';
  if (attempts.some(({ attempt }, index) => attempt !== index + 1)) return 'attempts are not numbered from 1';
  const last = attempts.at(-1);
  if (last === undefined) return run.state === 'cancelled' && run.startedAt === null ? null : 'no attempt';
  if (!isEndOf(last, run)) return 'the last attempt ended otherwise';
  if (attempts.slice(0, -1).some(({ outcome, reason }) => outcome !== 'failed' || reason !== 'retry_delay'))
    return 'an attempt before the last did not fail';
  return isWordless(run) ? 'it failed without words' : null;
}
