import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { failed } from '../handlers/handler.ts';
import type { AttentionItem } from '../model/attention.ts';
import type { Job } from '../model/job.ts';
import { attentionOperations } from '../operations/attention.ts';
import type { Actor, OperationContext } from '../operations/context.ts';
import { AttentionKeeper } from './attention-keeper.ts';
import { AlertBook } from './alert-book.ts';
import { benchOf, deadHost, type BenchWorker, type Place } from './test-bench.ts';

const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];
const second = 1000;
const ann: Actor = { personId: null, name: 'ann', via: 'page' };
const noFile = { category: 'script_error' } as const;
const refused = failed(
  { category: 'script_error', message: 'Exit 3 after 12 ms', detail: 'line 1\nError: no file /data/41.csv\n' },
  { exitCode: 3 },
);

describe.each(places)('what needs a person on %s', { timeout: 60_000 }, (_, place) => {
  const bench = benchOf(place);

  const keeper = (): AttentionKeeper => new AttentionKeeper({ store: bench().store, system: bench().system });

  const operations = () =>
    attentionOperations({
      store: bench().store,
      system: bench().system,
      dataDir: bench().folder,
      scriptsDir: bench().folder,
      defaultTimezone: 'UTC',
      allowCommand: true,
      outgoingAllow: [],
      scriptRules: { allowedExtensions: [], maxBytes: 1 },
      retryDefaults: { maxAttempts: 3, delaySeconds: 1 },
    } satisfies OperationContext);

  async function items(filter: Parameters<ReturnType<typeof operations>['list']>[0] = {}) {
    return (await operations().list(filter, { limit: 100 })).items;
  }

  /** What earlier tests left open. */
  async function clean(watcher: AttentionKeeper): Promise<void> {
    await bench().done(watcher.tick());
    for (const { id } of await items({ state: 'open' })) await operations().resolve(id, null, ann);
  }

  /** Runs the job once to the end that is given; succeeded when none is. */
  async function runOnce({ worker, stage }: BenchWorker, job: Job, outcome = refused): Promise<void> {
    const run = await bench().runOf(job);
    await end({ worker, stage }, outcome);
    await bench().until(async () => (await bench().read(run)).endedAt !== null);
  }

  async function end({ worker, stage }: BenchWorker, outcome?: typeof refused): Promise<void> {
    const before = stage.acts.length;
    await bench().done(worker.tick());
    await bench().until(() => stage.acts.length > before);
    stage.acts.at(-1)?.end(outcome);
    await bench().done(worker.idle());
  }

  async function open(): Promise<AttentionItem> {
    const [item, ...more] = await items({ state: 'open' });
    expect(more).toEqual([]);
    if (item === undefined) throw new Error('Nothing is open.');
    return item;
  }

  test('a job that fails alike is one item, which ends by itself when it succeeds and opens again on a repeat', async () => {
    const watcher = keeper();
    await clean(watcher);
    const hands = await bench().worker();
    const { job } = await bench().job();
    await runOnce(hands, job);
    await runOnce(
      hands,
      job,
      failed({ ...noFile, message: 'Exit 3 after 2 s', detail: 'Error: no file /data/7.csv' }, { exitCode: 3 }),
    );
    await bench().done(watcher.tick());
    const first = await open();
    expect(first).toMatchObject({
      kind: 'failing',
      category: 'script_error',
      severity: 'error',
      title: `${job.definition.name} failed 2 times`,
      evidence: 'Exit 3 after 2 s: Error: no file /data/7.csv',
      times: 2,
      inARow: 2,
      jobs: 1,
      spell: 1,
      job: { id: job.id },
    });

    await bench().runOf(job);
    await end(hands);
    await bench().done(watcher.tick());
    expect(await items({ state: 'open' })).toEqual([]);
    const [over] = await items({ state: 'resolved', jobId: job.id });
    expect(over).toMatchObject({ id: first.id, ending: { by: null } });
    expect(over?.ending?.how).toContain('succeeded');

    await runOnce(hands, job);
    await bench().done(watcher.tick());
    expect(await open()).toMatchObject({ id: first.id, spell: 2, times: 1, ending: over?.ending });
  });

  test('other errors, and other jobs with the same exit code, are other items; a shared cause is one', async () => {
    const watcher = keeper();
    await clean(watcher);
    const hands = await bench().worker();
    const [one, two] = [(await bench().job()).job, (await bench().job()).job];
    await runOnce(hands, one);
    await runOnce(hands, two);
    await runOnce(hands, one, failed({ category: 'script_error', message: 'Exit 4', detail: null }, { exitCode: 4 }));
    const away = failed({ category: 'network_error', message: 'connect ECONNREFUSED 10.0.0.5:5432', detail: null });
    await runOnce(hands, one, away);
    await runOnce(hands, two, away);
    await bench().done(watcher.tick());
    const found = await items({ state: 'open' });
    expect(found.map(({ title }) => title).toSorted()).toEqual(
      [
        '2 jobs fail alike',
        `${one.definition.name} failed`,
        `${one.definition.name} failed`,
        `${two.definition.name} failed`,
      ].toSorted(),
    );
    const shared = found.find(({ category }) => category === 'network_error');
    expect(shared).toMatchObject({ jobs: 2, times: 2, job: null });
    await bench().runOf(one);
    await end(hands);
    await bench().done(watcher.tick());
    const left = await items({ state: 'open' });
    // One job of two has healed: what they share is not over.
    expect(left.map(({ id }) => id)).toContain(shared?.id);
    expect(left).toHaveLength(2);
  });

  test('forty runs of twelve jobs that are lost with one worker are one item, and one retry of all (R-342)', async () => {
    const watcher = keeper();
    await clean(watcher);
    const { worker, stage } = await bench().worker({ name: 'w2', host: deadHost('host-b'), slots: 40 });
    stage.deaf = true;
    const jobs: Job[] = [];
    for (let made = 0; made < 12; made += 1)
      jobs.push((await bench().job({ overlap: 'allow', maxConcurrent: null })).job);
    for (let made = 0; made < 40; made += 1)
      for (const job of jobs.slice(made % 12, (made % 12) + 1)) await bench().runOf(job);
    await bench().done(worker.tick());
    await bench().until(() => stage.acts.length === 40);
    bench().clock.advance(300);
    const rescuer = bench().rescuer();
    await bench().pass(65 * second, 5 * second, () => rescuer.tick());
    // Two may keep the same installation.
    await bench().done(Promise.all([watcher.tick(), keeper().tick()]));
    const item = await open();
    expect(item).toMatchObject({
      kind: 'worker_lost',
      category: null,
      times: 40,
      jobs: 12,
      title: `40 runs of 12 jobs were lost with worker w2`,
    });

    // The alert of the same cause is the same item.
    const book = new AlertBook(bench().store, bench().system.log);
    const nobody = { jobId: null, jobCreatedAt: null, runId: null, runCreatedAt: null };
    const alert = { kind: 'worker_lost', severity: 'error', fingerprint: `worker_lost:w2` } as const;
    const text = { title: `Worker w2 was lost with 40 runs`, text: 'It stopped reporting.', count: 40 };
    await book.tell([{ ...alert, ...nobody, ...text, fromAt: null, toAt: null, seen: 7 }], await bench().store.now());
    expect(await open()).toMatchObject({ id: item.id, title: item.title, times: 40 });

    const retried = await bench().done(operations().retry(item.id, { which: 'all' }, ann));
    expect(retried).toHaveLength(40);
    expect(retried.filter(({ retry, refused: why, before }) => retry !== null && why === null && !before)).toHaveLength(
      40,
    );
    const again = await bench().done(operations().retry(item.id, { which: 'all' }, ann));
    expect(again.every(({ before }) => before)).toBe(true);
    expect((await bench().store.runs.countLive()).queued).toBe(40);

    const other = await bench().worker({ slots: 40 });
    await bench().done(other.worker.tick());
    await bench().until(() => other.stage.acts.length === 40);
    for (const act of other.stage.acts) act.end();
    await bench().done(other.worker.idle());
    await bench().done(watcher.tick());
    // The worker is still away: its alert stands.
    expect(await open()).toMatchObject({ id: item.id, inARow: 0 });
    const [standing] = await bench().store.alerts.newest([alert.fingerprint]);
    if (standing === undefined) throw new Error('The alert is gone.');
    await book.end(standing, 'Worker w2 is connected again.');
    expect(await items({ state: 'open' })).toEqual([]);
  });

  test('nothing is lost when the keeper was away, and nothing is counted twice when it comes back', async () => {
    const watcher = keeper();
    await clean(watcher);
    const hands = await bench().worker();
    const { job } = await bench().job();
    await runOnce(hands, job);
    await bench().done(watcher.tick());
    bench().clock.advance(3600 * second);
    await bench().done(hands.worker.beat());
    await runOnce(hands, job);
    await bench().pass(120 * second, 60 * second, () => hands.worker.beat());
    await bench().done(keeper().tick());
    await bench().done(keeper().tick());
    await bench().done(watcher.tick());
    expect(await open()).toMatchObject({ times: 2 });
  });

  test('acknowledged, taken, put off and resolved by a person; a repeat opens it, its end of snooze needs nobody', async () => {
    const watcher = keeper();
    await clean(watcher);
    const hands = await bench().worker();
    const { job } = await bench().job({ retry: { ...(await retryOnce()) } });
    await runOnce(hands, job, { ...refused, retryable: false });
    await bench().done(watcher.tick());
    const { id } = await open();
    expect(await operations().summary()).toMatchObject({ open: 1, unread: 1, byType: { script: 1 } });
    expect(await operations().acknowledge(id, ann)).toMatchObject({ acknowledgedBy: 'ann' });
    expect(await operations().summary()).toMatchObject({ open: 1, unread: 0 });
    const until = (await bench().store.now()) + 60 * second;
    await operations().snooze(id, until, ann);
    expect(await items({ state: 'open' })).toEqual([]);
    expect(await items({ state: 'snoozed' })).toMatchObject([{ id, snoozedUntil: until }]);
    bench().clock.advance(61 * second);
    expect(await items({ state: 'open' })).toMatchObject([{ id }]);
    await operations().note(id, 'Asked the team.', ann);
    expect(await operations().resolve(id, 'The folder was full.', ann)).toMatchObject({
      note: 'Asked the team.',
      ending: { by: 'ann', how: 'The folder was full.' },
    });
    expect((await operations().reopen(id, ann)).resolvedAt).toBeNull();
    await operations().resolve(id, 'The folder was full.', ann);
    await bench().done(hands.worker.beat());
    await runOnce(hands, job, { ...refused, retryable: false });
    await bench().done(watcher.tick());
    expect(await open()).toMatchObject({ id, spell: 2, acknowledgedAt: null, ending: { how: 'The folder was full.' } });
    await expect(operations().snooze(id, 5, ann)).rejects.toMatchObject({ code: 'invalid' });
    await expect(operations().assign(id, 999_999, ann)).rejects.toMatchObject({ code: 'invalid' });
  });

  const retryOnce = () =>
    Promise.resolve({
      maxAttempts: 2,
      strategy: 'fixed' as const,
      delaySeconds: 1,
      maxDelaySeconds: null,
      maxTotalSeconds: null,
      delaysSeconds: null,
      on: { exitCodes: null, httpStatus: null, timedOut: true },
    });

  test('a job that is deleted needs nobody any more', async () => {
    const watcher = keeper();
    await clean(watcher);
    const hands = await bench().worker();
    const { job } = await bench().job();
    await runOnce(hands, job);
    await bench().done(watcher.tick());
    const { id } = await open();
    await bench().store.jobs.purge(job.id);
    await bench().done(watcher.tick());
    expect(await bench().store.attention.get(id)).toMatchObject({ ending: { how: 'Its job was deleted.' } });
  });
});
