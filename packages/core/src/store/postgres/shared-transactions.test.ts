import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { toUuid } from '../../model/id.ts';
import type { Job } from '../../model/job.ts';
import { mei, refusal, script, testInstallation, type TestInstallation } from '../../operations/test-installation.ts';
import { gathered } from '../sql/gathered.ts';
import type { Store } from '../store.ts';
import { SharedTransactions } from './shared-transactions.ts';

/** Requests that come together, counted by what the connections of this process are asked. */

let here: TestInstallation;
let store: Store;
let jobs: readonly Job[];
let sent: string[] = [];
const driver = pg.Client.prototype as unknown as Record<string, (...all: unknown[]) => unknown>;
const query = driver['query'];

const textOf = ([asked]: readonly unknown[]): string =>
  typeof asked === 'string' ? asked : ((asked as { readonly text?: string } | undefined)?.text ?? '');

/** The clock of a test is told before each statement; that is apart. */
const isOurs = (text: string): boolean => !/set_config\('jtp\.now'|LISTEN|pg_notify|audit|pg_logical_emit/.test(text);

beforeAll(async () => {
  here = await testInstallation('PostgreSQL', inject('postgresUrl'));
  store = here.store;
  const many = Array.from({ length: 32 }, () =>
    here.operations.jobs.create(script({ overlap: 'skip', maxConcurrent: 1 }), mei),
  );
  jobs = (await Promise.all(many)).map(({ job }) => job);
});
afterAll(() => here.close());

beforeEach(() => {
  sent = [];
  vi.spyOn(driver, 'query').mockImplementation(function spied(this: object, ...given: unknown[]) {
    sent.push(textOf(given));
    return query?.apply(this, given);
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  const { items } = await store.runs.list({ states: ['queued'] }, { limit: 100 });
  await store.runs.endWaiting(
    items.map(({ id }) => id),
    { state: 'cancelled', reason: 'cancel_requested', by: null },
  );
});

const start = (job: Job | undefined): ReturnType<typeof here.operations.runs.start> =>
  here.operations.runs.start(job?.id ?? 0, {}, mei);
const count = (pattern: RegExp): number => sent.filter((text) => pattern.test(text)).length;
const waitingOf = async (job: Job | undefined): Promise<number> => (await store.runs.live([job?.id ?? 0])).length;

describe('requests at the same time', () => {
  test('share their transactions and what they ask', async () => {
    const runs = await Promise.all(jobs.map(start));
    expect(new Set(runs.map(({ id }) => id)).size).toBe(jobs.length);
    const statements = sent.filter(isOurs).length;
    // The first does not wait for company; what comes while it is under way shares what follows.
    expect(count(/^BEGIN/)).toBeLessThanOrEqual(3);
    expect(count(/^COMMIT/)).toBeLessThanOrEqual(3);
    expect(statements / jobs.length).toBeLessThan(1.5);
    for (const job of jobs) expect(await waitingOf(job)).toBe(1);
  });

  test('one that comes alone waits for nobody', async () => {
    await start(jobs[0]);
    expect(count(/^BEGIN/)).toBe(1);
    expect(await waitingOf(jobs[0])).toBe(1);
  });

  test('one that is refused is told so alone, with its event, and takes no other with it', async () => {
    await start(jobs[7]);
    const answers = await Promise.allSettled(jobs.map(start));
    expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    expect(answers[7]?.status).toBe('rejected');
    const refused = await refusal(Promise.reject((answers[7] as PromiseRejectedResult).reason));
    expect(refused).toMatchObject({ code: 'already_running', details: { reason: 'overlap' } });
    for (const job of jobs) expect(await waitingOf(job)).toBe(1);
    const refusals = (at: number) =>
      store.events.list({ kinds: ['trigger.refused'], jobId: jobs[at]?.id ?? 0 }, { limit: 5 });
    expect((await refusals(7)).items).toHaveLength(1);
    expect((await refusals(8)).items).toHaveLength(0);
  });

  test('each stands in the audit, with who asked', async () => {
    const asked = await Promise.all(
      jobs.map((job, at) =>
        here.operations.runs.start(job.id, {}, { personId: null, name: `person ${at}`, via: 'api' }),
      ),
    );
    const { items } = await store.audit.list({ actions: ['run.requested'] }, { limit: 100 });
    const told = items.map(({ who, subject }) => `${who.name}: ${subject.id}`);
    expect(told.toSorted()).toEqual(asked.map((run, at) => `person ${at}: ${toUuid(run)}`).toSorted());
    expect(count(/^COMMIT/)).toBeLessThanOrEqual(4);
  });

  test('of two for one job the second sees the first', async () => {
    const answers = await Promise.allSettled([jobs[0], jobs[1], jobs[0], jobs[2]].map(start));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await waitingOf(jobs[0])).toBe(1);
  });

  test('none is told before the commit, and a connection that dies then is nobody’s reason to try again', async () => {
    vi.spyOn(driver, 'query').mockImplementation(async function dying(this: object, ...given: unknown[]) {
      const answer = await query?.apply(this, given);
      sent.push(textOf(given));
      // It was carried out, and nobody heard of it.
      if (textOf(given).startsWith('COMMIT'))
        throw Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
      return answer;
    });
    const answers = await Promise.allSettled(jobs.map(start));
    vi.restoreAllMocks();
    for (const answer of answers) {
      expect(answer.status).toBe('rejected');
      expect((answer as PromiseRejectedResult).reason).toMatchObject({ code: 'database_unreachable' });
    }
    for (const job of jobs) expect(await waitingOf(job)).toBe(1);
  });

  test('one whose row nobody can write is told so alone', async () => {
    const answers = await Promise.allSettled(
      jobs.map(({ id }, at) => here.operations.runs.start(id, at === 9 ? { note: 'a\u0000b' } : {}, mei)),
    );
    expect(answers.flatMap(({ status }, at) => (status === 'rejected' ? [at] : []))).toEqual([9]);
    for (const [at, job] of jobs.entries()) expect(await waitingOf(job)).toBe(at === 9 ? 0 : 1);
  });

  test('one whose job somebody holds is waited for by nobody else', async () => {
    const holder = new pg.Client(here.databaseUrl);
    await holder.connect();
    await holder.query('BEGIN');
    await holder.query(`SELECT 1 FROM jobs WHERE id = ${jobs[20]?.id ?? 0} FOR UPDATE`);
    let isStarted = false;
    const held = start(jobs[20]).then(() => (isStarted = true));
    await Promise.all(jobs.filter((_, at) => at !== 20).map(start));
    expect(isStarted).toBe(false);
    await holder.query('COMMIT');
    await holder.end();
    await held;
    for (const job of jobs) expect(await waitingOf(job)).toBe(1);
  });

  test('one that ends a waiting run, which may start what follows, does so alone', async () => {
    const newest = script({ overlap: 'queue_one', maxConcurrent: 1 });
    const { job } = await here.operations.jobs.create(newest, mei);
    const waiting = await start(job);
    const all = await Promise.all([...jobs, job].map(start));
    const states = (await store.runs.live([job.id])).map(({ id }) => id);
    expect(states).toEqual([all.at(-1)?.id]);
    for (const one of jobs) expect(await waitingOf(one)).toBe(1);
    const refused = store.transaction((tables) =>
      gathered(tables, 2)
        .tablesOfOne()
        .runs.endWaiting([waiting.id], { state: 'cancelled', reason: 'superseded', by: null }),
    );
    await expect(refused).rejects.toThrow('shared with nobody');
    await store.runs.endWaiting(states, { state: 'cancelled', reason: 'cancel_requested', by: null });
  });

  test('each is carried out in its caller’s own context', async () => {
    const caller = new AsyncLocalStorage<number>();
    const seen = await Promise.all(
      jobs.map((job, at) =>
        caller.run(at, () =>
          store.transaction(
            async (tables) => {
              await tables.jobs.lock([job.id]);
              return [caller.getStore(), (await tables.jobs.get(job.id))?.id];
            },
            { about: job.id },
          ),
        ),
      ),
    );
    expect(seen).toEqual(jobs.map(({ id }, at) => [at, id]));
  });
});

test('whose turn does not come within five seconds is told so, and not carried out after that', async () => {
  vi.useFakeTimers();
  try {
    const under = Promise.withResolvers<never>();
    const transaction = vi.fn(() => under.promise);
    const sharing = new SharedTransactions(transaction);
    const done = () => Promise.resolve('done');
    const first = sharing.carryOut(1, done);
    const second = sharing.carryOut(1, done);
    const told = expect(second).rejects.toMatchObject({ code: 'database_busy' });
    await vi.advanceTimersByTimeAsync(5000);
    await told;
    const ended = expect(first).rejects.toThrow('over');
    under.reject(new Error('over'));
    await ended;
    expect(transaction).toHaveBeenCalledTimes(1);
  } finally {
    vi.useRealTimers();
  }
});
