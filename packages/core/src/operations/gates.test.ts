import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Job } from '../model/job.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import type { Actor } from './context.ts';
import { mei, refusal, script, testInstallation, type TestInstallation } from './test-installation.ts';

const day = 86_400_000;
const key: Actor = { personId: null, name: 'deploy', via: 'api' };

/** what each gate that can say no today says to each trigger that somebody can pull. */
describe.each(['SQLite', 'PostgreSQL'] as const)('gates on %s', (database) => {
  let home: TestInstallation;
  beforeAll(async () => {
    home = await testInstallation(database, inject('postgresUrl'));
  });
  afterAll(() => home.close());

  const now = (): number => home.clock.wall();
  const pad = (hour: number): string => `${String(hour % 24).padStart(2, '0')}:00`;
  const today = (): string => new Date(now()).toISOString().slice(0, 10);
  /** What stands before a job's runs, by the gate it is. */
  const gates: Readonly<Record<'paused' | 'blackout' | 'holiday' | 'active_hours' | 'overlap', () => Promise<Job>>> = {
    paused: async () => (await home.operations.jobs.create(script({ active: false }), mei)).job,
    blackout: () => filtered({ blackouts: [{ from: now() - day, to: now() + day }] }),
    holiday: () => filtered({ holidays: [today()] }),
    active_hours: () => {
      const hour = new Date(now()).getUTCHours();
      return filtered({ activeHours: [{ from: pad(hour + 2), to: pad(hour + 3) }] });
    },
    overlap: async () => {
      const { job } = await home.operations.jobs.create(script({ overlap: 'skip' }), mei);
      await home.operations.runs.start(job.id, {}, mei);
      return job;
    },
  };
  const filtered = async (filters: Partial<ScheduleSpec>): Promise<Job> => {
    const spec = { kind: 'hourly', minute: 0, timezone: 'UTC', ...filters } as ScheduleSpec;
    return (await home.operations.jobs.create(script({ schedules: [{ spec }] }), mei)).job;
  };
  const pull = {
    manual: (job: Job) => home.operations.runs.start(job.id, {}, mei),
    api: (job: Job) => home.operations.runs.start(job.id, {}, key),
    retry: async (job: Job) => {
      const ended = await home.operations.runs.start(job.id, { allowInactive: true }, mei).catch(() => null);
      if (ended !== null) await home.operations.runs.cancel(ended, mei);
      const [run] = (await home.store.runs.list({ jobId: job.id, states: ['cancelled'] }, { limit: 1 })).items;
      if (run === undefined) throw new Error('There is nothing to run again.');
      return home.operations.runs.retry(run, {}, mei);
    },
  } as const;
  const eventsOf = async (job: Job) =>
    (await home.store.events.list({ kinds: ['trigger.refused'], jobId: job.id }, { limit: 10 })).items;

  test.each([
    ['paused', 'manual', 'job_inactive'],
    ['paused', 'api', 'job_inactive'],
    ['paused', 'retry', null],
    ['blackout', 'manual', null],
    ['blackout', 'api', 'trigger_refused'],
    ['blackout', 'retry', null],
    ['holiday', 'manual', null],
    ['holiday', 'api', 'trigger_refused'],
    ['active_hours', 'manual', null],
    ['active_hours', 'api', 'trigger_refused'],
    ['overlap', 'manual', 'already_running'],
    ['overlap', 'api', 'already_running'],
  ] as const)('%s, asked by %s: %s', async (gate, trigger, code) => {
    const job = await gates[gate]();
    if (code === null) {
      await expect(pull[trigger](job)).resolves.toBeDefined();
      expect(await eventsOf(job)).toEqual([]);
      return;
    }
    const error = await refusal(pull[trigger](job));
    expect(error).toMatchObject({ code, details: { reason: gate, reason_text: expect.stringMatching(/\.$/) } });
    const actor = trigger === 'api' ? 'deploy' : 'mei';
    const cause = gate === 'overlap' ? expect.any(String) : null;
    expect(await eventsOf(job)).toMatchObject([
      { actor, data: { trigger, reason: gate, cause_run_id: cause, text: error.message } },
    ]);
  });

  test('overlap, asked by a retry: the run that is alive is named', async () => {
    const { job } = await home.operations.jobs.create(script({ overlap: 'skip' }), mei);
    const ended = await home.operations.runs.start(job.id, {}, mei);
    await home.operations.runs.cancel(ended, mei);
    await home.operations.runs.start(job.id, {}, mei);
    expect(await refusal(home.operations.runs.retry(ended, {}, mei))).toMatchObject({
      code: 'already_running',
      details: { reason: 'overlap', cause_run_id: expect.any(String) },
    });
    expect(await eventsOf(job)).toMatchObject([{ data: { trigger: 'retry', reason: 'overlap' } }]);
  });

  test('a moment is open when one of its schedules is, and a job without any knows the blackouts for all', async () => {
    const closed = { kind: 'hourly', minute: 0, timezone: 'UTC', holidays: [today()] } as const;
    const open = { kind: 'hourly', minute: 0, timezone: 'UTC' } as const;
    const { job } = await home.operations.jobs.create(script({ schedules: [{ spec: closed }, { spec: open }] }), mei);
    await expect(pull.api(job)).resolves.toBeDefined();
    const bare = (await home.operations.jobs.create(script(), mei)).job;
    const ranges = [{ name: 'Move', from: now() - day, to: now() + day }];
    const content = {
      kind: 'blackout',
      timezone: 'UTC',
      policy: 'skip',
      scope: { kind: 'all' },
      ranges,
      weekly: [],
      yearly: [],
    } as const;
    const { calendar } = await home.operations.calendars.create({ name: 'Move', content }, mei);
    expect(await refusal(pull.api(bare))).toMatchObject({ code: 'trigger_refused', details: { reason: 'blackout' } });
    await home.operations.calendars.remove(calendar.id, mei);
    await expect(pull.api(bare)).resolves.toBeDefined();
  });

  test('a hundred runs may wait under queue_all, and the next is refused', async () => {
    const { job } = await home.operations.jobs.create(script({ overlap: 'queue_all' }), mei);
    for (let nth = 0; nth < 100; nth += 1) await pull.manual(job);
    expect(await refusal(pull.manual(job))).toMatchObject({ code: 'trigger_refused', details: { reason: 'overlap' } });
  });
});
