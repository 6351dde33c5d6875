import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { JobDefinition } from '../model/job.ts';
import { reasonText } from '../model/reason-text.ts';
import { reasonCatalogue, waitingReasons } from '../model/reasons.ts';
import { skipReasons } from '../model/occurrence.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { planBatch, stepOf } from '../engine/plan-batch.ts';
import { worker } from '../testing/factories.ts';
import { explainEntries } from './why-entries.ts';
import { mei, script, testInstallation, type TestInstallation } from './test-installation.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe.each(['SQLite', 'PostgreSQL'] as const)('why on %s', (database) => {
  let home: TestInstallation;
  beforeAll(async () => {
    home = await testInstallation(database, inject('postgresUrl'));
    home.clock.set(Math.ceil(home.clock.wall() / hour) * hour);
  });
  afterAll(() => home.close());
  const why = () => home.operations.why;
  const now = (): number => home.clock.wall();

  const half = (rest: Partial<ScheduleSpec> = {}): ScheduleSpec =>
    ({ kind: 'interval', every: 30, unit: 'minutes', start: now(), timezone: 'UTC', ...rest }) as ScheduleSpec;
  const make = async (spec: ScheduleSpec, input: Partial<JobDefinition> = {}) =>
    home.operations.jobs.create(script({ ...(input as object), schedules: [{ spec }] }), mei);
  /** What a scheduler would do now. */
  async function plan(jobId: number): Promise<void> {
    const job = await home.store.jobs.get(jobId);
    if (job === null) throw new Error('There is no such job.');
    const schedules = await home.store.schedules.ofJob(jobId);
    const facts = {
      now: now(),
      toleranceMs: 30_000,
      limit: 10_000,
      clockGap: null,
      carried: new Map<number, number>(),
    };
    const ids = await home.store.ids(100);
    await planBatch(home.store, [stepOf({ job, schedules }, facts)], { now: now(), ids, drain: () => now() });
  }

  test('an instant that ran links its run and says how that is', async () => {
    const { job } = await make(half());
    home.clock.advance(30 * minute);
    await plan(job.id);
    expect(await why().at(job.id, now())).toMatchObject({
      code: 'ran',
      sentence: 'It ran: its run waits.',
      links: [{ kind: 'run', text: 'Open the run' }],
      action: { code: 'open_run' },
    });
  });

  test('an instant that was skipped links the run in its way; others tell how late, and by which policy', async () => {
    const { job } = await make(half(), { overlap: 'skip' });
    home.clock.advance(30 * minute);
    await plan(job.id);
    home.clock.advance(30 * minute);
    await plan(job.id);
    const overlap = await why().at(job.id, now());
    expect(overlap).toMatchObject({ code: 'overlap', links: [{ kind: 'run' }], action: { code: 'change_overlap' } });
    expect(overlap.sentence).toMatch(/^Run \w{8}, due .* \(UTC\+00:00, UTC\), was still active\.$/);
    const missed = await make(half(), { catchUp: { policy: 'none', windowSeconds: 86_400, max: 1 } });
    home.clock.advance(45 * minute);
    await plan(missed.job.id);
    expect(await why().at(missed.job.id, now() - 15 * minute)).toMatchObject({
      code: 'misfire',
      sentence: 'Noticed 15 min late; catch-up is "none".',
      action: { code: 'backfill' },
    });
  });

  test('what catch-up folded, or cut off, is told as that, and not as a run that took long', async () => {
    const sentenceAt = async (id: number, at: number) => (await why().at(id, at)).sentence;
    const { job } = await make(half(), { overlap: 'skip', catchUp: { policy: 'last', windowSeconds: 7200, max: 1 } });
    const from = now();
    home.clock.advance(4 * hour + 20_000);
    await plan(job.id);
    const caughtUp = String.raw`2026-\d\d-\d\d \d\d:\d\d(?::\d\d)? \(UTC\+00:00, UTC\)`;
    expect(await sentenceAt(job.id, from + 3 * hour)).toMatch(
      new RegExp(String.raw`^Noticed 1 h 20 s late, and folded into the catch-up run due ${caughtUp}\.$`),
    );
    expect(await sentenceAt(job.id, from + hour)).toBe(
      'Noticed 3 h 20 s late; catch-up is "last", and reaches back 2 h at most.',
    );
    const blocked = await why().at(job.id, from + 4 * hour);
    expect(blocked).toMatchObject({ code: 'overlap', links: [{ kind: 'run' }] });
    expect(blocked.sentence).toMatch(
      new RegExp(String.raw`^The job was catching up what it had missed: run \w{8}, due ${caughtUp}, had not ended\.$`),
    );
  });

  test('a gap tells how late its first instant was noticed, and what stands for it', async () => {
    const every: ScheduleSpec = { kind: 'interval', every: 1, unit: 'seconds', start: now(), timezone: 'UTC' };
    const { job } = await make(every);
    const from = now();
    home.clock.advance(hour);
    await plan(job.id);
    expect((await why().at(job.id, from + 60_000)).sentence).toMatch(
      /^3,\d{3} instants: Noticed up to 59 min 59 s late, and folded into the newest of them\.$/,
    );
  });

  test('a run whose worker had died before anybody noticed is told as that', async () => {
    const { job } = await make(half(), { overlap: 'skip' });
    home.clock.advance(30 * minute);
    await plan(job.id);
    home.clock.advance(30 * minute);
    await plan(job.id);
    const [run] = (await home.store.runs.list({ jobId: job.id }, { limit: 1 })).items;
    if (run === undefined) throw new Error('There is a run.');
    const ledger = (await home.store.ledger.ofJob(job.id, { limit: 1 })).items;
    const runs = Object.assign(Object.create(home.store.runs), {
      some: () => Promise.resolve([{ ...run, state: 'lost', endedAt: now() + 1000 }]),
    });
    const [told] = await explainEntries({ ...home.store, runs }, job, ledger);
    expect(told?.sentence).toMatch(/^The worker of run \w{8}, due .*, had stopped, and the run was not settled yet\.$/);
    expect((await why().entries(job, ledger))[0]?.sentence).toContain('was still active');
  });

  test('an instant within a pause names who paused it, when and why', async () => {
    const { job } = await make(half());
    await home.operations.jobs.pause(job.id, mei, { reason: 'vendor outage' });
    const due = now() + 30 * minute;
    home.clock.advance(65 * minute);
    expect((await why().at(job.id, due)).code).toBe('paused');
    await home.operations.jobs.resume(job.id, mei);
    expect(await why().at(job.id, due)).toMatchObject({ code: 'paused', facts: { by: 'mei', note: 'vendor outage' } });
    expect((await why().at(job.id, due)).sentence).toMatch(/^2 instants: Paused by mei on .*, "vendor outage"\.$/);
  });

  test('an instant that came while a pause was being written names that pause, and none before it', async () => {
    const { job } = await make(half());
    await home.operations.jobs.pause(job.id, { ...mei, name: 'umeko' }, { reason: 'another time' });
    await home.operations.jobs.resume(job.id, mei);
    home.clock.advance(5 * minute);
    await home.operations.jobs.pause(job.id, mei, { reason: 'vendor outage' });
    const pausedAt = now();
    home.clock.advance(65 * minute);
    await home.operations.jobs.resume(job.id, mei);
    const [gap] = (await home.store.ledger.ofJob(job.id, { limit: 1 })).items;
    if (gap?.kind !== 'gap') throw new Error('A pause leaves a gap.');
    const [told] = await explainEntries(home.store, job, [{ ...gap, fromAt: pausedAt - 200 }]);
    expect(told?.sentence).toMatch(/^2 instants: Paused by mei on .*, "vendor outage"\.$/);
  });

  test.each([
    ['before the job was there', -day, 'not_created'],
    ['that nobody has planned yet', -0, 'undecided'],
    ['between two instants', -minute, 'not_due'],
    ['to come between two', 10 * minute, 'not_due'],
    ['to come', 30 * minute, 'will_run'],
  ])('an instant %s', async (_, offset, code) => {
    const { job } = await make(half());
    home.clock.advance(30 * minute);
    const told = await why().at(job.id, now() + offset);
    expect(told.code).toBe(code);
    if (code === 'not_due') expect(told.sentence).toMatch(/The nearest: .* and .*\.$/);
  });

  test('an instant older than what retention keeps', async () => {
    const { job } = await make(half());
    home.clock.advance(10 * day);
    await home.store.settings.set('ledger_complete_from', now() - day);
    expect(await why().at(job.id, now() - 2 * day)).toMatchObject({ code: 'removed' });
    expect(await home.operations.jobs.ledgerCompleteFrom()).toBe(now() - day);
    await home.store.settings.remove('ledger_complete_from');
  });

  test.each([
    ['blackout', () => half({ blackouts: [{ from: now(), to: now() + hour }] })],
    ['holiday', () => half({ holidays: [new Date(now() + 30 * minute).toISOString().slice(0, 10)] })],
    [
      'active_hours',
      () => {
        const window = (new Date(now()).getUTCHours() + 3) % 24;
        return half({
          activeHours: [{ from: `${String(window).padStart(2, '0')}:00`, to: `${String(window).padStart(2, '0')}:30` }],
        });
      },
    ],
  ] as const)('an instant to come will not run for a %s', async (code, specOf) => {
    const { job } = await make(specOf());
    expect(await why().at(job.id, now() + 30 * minute)).toMatchObject({ code });
  });

  test('an instant to come will not run for a pause, for the limit of runs, or because there is no schedule', async () => {
    const { job } = await make(half(), { maxRuns: 2 });
    expect(await why().at(job.id, now() + hour)).toMatchObject({ code: 'will_run' });
    expect(await why().at(job.id, now() + 90 * minute)).toMatchObject({ code: 'completed', facts: { limit: 2 } });
    await home.operations.jobs.pause(job.id, mei, { until: now() + 40 * minute });
    expect(await why().at(job.id, now() + 30 * minute)).toMatchObject({ code: 'paused', action: { code: 'resume' } });
    expect(await why().at(job.id, now() + hour)).toMatchObject({ code: 'will_run' });
    const bare = await home.operations.jobs.create(script(), mei);
    expect(await why().at(bare.job.id, now() + hour)).toMatchObject({ code: 'no_schedule' });
    expect(await why().job(bare.job.id)).toMatchObject({ code: 'no_schedule', action: { code: 'add_schedule' } });
  });

  test('a run tells where it came from, why it waits, and who took its place', async () => {
    const { job } = await home.operations.jobs.create(script({ overlap: 'queue_one' }), mei);
    const read = async (of: { id: number; createdAt: number }) => (await home.operations.runs.get(of)).run;
    const first = await home.operations.runs.start(job.id, {}, mei);
    expect(await why().run(await read(first))).toMatchObject({
      ran: { code: 'manual', sentence: 'mei asked for it.' },
      state: { code: 'worker_offline', sentence: 'No worker is running.', action: { code: 'start_worker' } },
    });
    expect(await why().job(job.id)).toMatchObject({ code: 'worker_offline' });
    home.clock.advance(1000);
    const second = await home.operations.runs.start(job.id, {}, mei);
    expect(await why().run(await read(first))).toMatchObject({
      state: { code: 'superseded', links: [{ of: { id: second.id } }], action: { code: 'open_run' } },
    });
    await home.operations.runs.cancel(second, mei);
    expect(await why().run(await read(second))).toMatchObject({
      state: { code: 'cancel_requested', sentence: 'Cancelled by mei.' },
    });
  });

  test('a next instant that no scheduler has planned in time is told as such, not as one to come', async () => {
    const { job } = await make(half());
    home.clock.advance(30 * minute + 20_000);
    expect(await why().job(job.id)).toMatchObject({ code: 'will_run' });
    home.clock.advance(20_000);
    expect(await why().job(job.id)).toMatchObject({ code: 'undecided', action: { code: 'open_health' } });
    home.clock.advance(30 * minute - 40_000);
    await plan(job.id);
    expect(await why().job(job.id)).toMatchObject({ code: 'worker_offline' });
  });

  test('a run in line is told its place', async () => {
    const { job } = await home.operations.jobs.create(script({ overlap: 'queue_all', queue: 'line' }), mei);
    const runs = [];
    for (let nth = 0; nth < 3; nth += 1) runs.push(await home.operations.runs.start(job.id, {}, mei));
    const [id = 0] = await home.store.ids(1);
    const fresh = { beatAt: now(), startedAt: now(), createdAt: now(), incarnation: 1 };
    await home.store.workers.register(worker({ id, name: `w${id}`, slots: 1, queues: ['line'], ...fresh }));
    const third = (await home.operations.runs.get(runs[2] ?? { id: 0, createdAt: 0 })).run;
    expect((await why().run(third)).state).toMatchObject({
      code: 'next_in_line',
      sentence: 'Position 3 of 3 in line.',
    });
    await home.store.workers.end({ workerId: id, incarnation: 1 });
    await home.store.workers.remove(id);
  });
});

describe('no code without its words', () => {
  test('whatever can wait or be skipped has a sentence and an act (R-332)', () => {
    for (const [view, codes] of [
      ['waiting', waitingReasons],
      ['skipped', skipReasons],
    ] as const)
      for (const code of codes) {
        const entry = (reasonCatalogue[view] as Readonly<Record<string, { sentence: string; act: string }>>)[code];
        expect(entry?.sentence, `${view} ${code}`).toBeTruthy();
        expect(entry?.act, `${view} ${code}`).toBeTruthy();
        expect(reasonText(code, {}, view), code).not.toBe(code);
      }
  });
});
