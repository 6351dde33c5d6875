import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Id, Reference } from '../model/id.ts';
import type { Worker } from '../model/worker.ts';
import { person, worker as someWorker } from '../testing/factories.ts';
import type { NewJob } from './job-input.ts';
import { mei, refusal, script, testInstallation, type TestInstallation } from './test-installation.ts';

const second = 1000;

describe.each(['SQLite', 'PostgreSQL'] as const)('limits on %s', (database) => {
  let home: TestInstallation;
  let taker: Worker;
  beforeAll(async () => {
    home = await testInstallation(database, inject('postgresUrl'));
    taker = { ...someWorker({ createdAt: home.clock.wall(), slots: 2 }), queues: ['default', 'etl'] };
    await home.store.workers.register(taker);
  });
  afterAll(() => home.close());
  afterEach(async () => {
    for (const { kind, name } of await home.store.limits.list()) await home.store.limits.remove(kind, name);
    const { id: workerId, incarnation } = taker;
    for (const run of await home.store.runs.waiting(100)) await home.operations.runs.cancel(run, mei);
    await finish(await home.store.dispatch.leasesOf({ workerId, incarnation }));
  });

  const limits = () => home.operations.limits;
  const finish = async (held: readonly { readonly runId: Id; readonly fence: number }[]) => {
    const done = { outcome: 'succeeded', state: 'succeeded', retryAt: null, reason: null, exitCode: 0 } as const;
    const rest = { signal: null, failure: null, result: null };
    await home.store.dispatch.finish(held.map(({ runId, fence }) => ({ runId, fence, ...done, ...rest })));
  };
  const claim = async () => {
    const { id: workerId, incarnation, queues, labels } = taker;
    await home.store.dispatch.renew({ workerId, incarnation });
    const claims = await home.store.dispatch.claim({ workerId, incarnation, free: 9, queues, labels });
    await home.store.dispatch.intend(incarnation, claims);
    return claims;
  };
  const start = async (input: Partial<NewJob> = {}): Promise<Reference> => {
    const { job } = await home.operations.jobs.create(script(input), mei);
    const { id, createdAt } = await home.operations.runs.start(job.id, {}, mei);
    return { id, createdAt };
  };
  const told = async (reference: Reference) => {
    const run = await home.store.runs.get(reference);
    if (run === null) throw new Error('There is no such run.');
    return (await home.operations.why.waiting([run])).get(run.id);
  };

  test('a lock that is held is told with its holder; two jobs that name it never run together', async () => {
    const holder = await start({ locks: ['licence'] });
    await claim();
    const waits = await start({ locks: ['licence'] });
    expect(await claim()).toEqual([]);
    expect(await told(waits)).toMatchObject({
      code: 'concurrency_lock',
      sentence: '1 of 1 holders of the lock licence are at work.',
      links: [{ kind: 'run', of: holder }],
      action: { code: 'open_limits' },
      position: 1,
      expectedAt: null,
    });
    expect(await limits().locks()).toMatchObject([{ name: 'licence', slots: 1, isSet: false, waiting: 1 }]);
    expect(await limits().setLock('licence', 2, mei)).toMatchObject({ slots: 2, isSet: true });
    expect(await claim()).toHaveLength(1);
    await limits().resetLock('licence', mei);
    expect((await refusal(limits().resetLock('licence', mei))).code).toBe('not_found');
  });

  test('a full queue, a full system and a paused queue each say so', async () => {
    await start({ queue: 'etl' });
    await claim();
    const waits = await start({ queue: 'etl' });
    await limits().changeQueue('etl', { slots: 1 }, mei);
    expect(await told(waits)).toMatchObject({
      code: 'concurrency_queue',
      sentence: '1 of 1 slots of the queue etl are in use.',
    });
    await limits().changeQueue('etl', { slots: null }, mei);
    await limits().changeLimits({ system: 1 }, mei);
    expect(await told(waits)).toMatchObject({ code: 'concurrency_global' });
    await limits().changeLimits({ system: null }, mei);
    expect(await limits().changeQueue('etl', { paused: true, note: 'vendor' }, mei)).toMatchObject({
      pausedBy: 'mei',
      note: 'vendor',
      waiting: 1,
      running: 1,
    });
    expect(await told(waits)).toMatchObject({ code: 'queue_paused', sentence: 'The queue etl was paused by mei.' });
    expect(await claim()).toEqual([]);
    expect(await limits().changeQueue('etl', { paused: false }, mei)).toMatchObject({ pausedAt: null, note: null });
    expect(await claim()).toHaveLength(1);
    const kinds = (await home.store.events.list({}, { limit: 6 })).items.map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['queue.limited', 'queue.paused', 'queue.resumed', 'system.limited']));
  });

  test('one run of a person at a time, by name; a limit of their own goes before the common one', async () => {
    const tom = person({ email: `tom-${database.toLowerCase()}@example.org`, name: 'Tom' });
    await home.store.people.insert(tom);
    const actor = { ...mei, personId: tom.id };
    const startOwn = async () => {
      const { job } = await home.operations.jobs.create(script(), actor);
      return home.operations.runs.start(job.id, {}, actor);
    };
    await limits().changeLimits({ person: 1 }, mei);
    await startOwn();
    const waits = await startOwn();
    expect(await claim()).toHaveLength(1);
    expect(await told(waits)).toMatchObject({
      code: 'concurrency_person',
      sentence: '1 of 1 slots of Tom are in use.',
    });
    expect((await limits().setPerson(tom.email, 2, mei)).people).toMatchObject([{ name: 'Tom', slots: 2, running: 1 }]);
    expect(await claim()).toHaveLength(1);
    expect((await limits().resetPerson(tom.email, mei)).people).toEqual([]);
    expect((await refusal(limits().setPerson('nobody@example.org', 1, mei))).code).toBe('not_found');
  });

  test('place and expected start follow from what runs usually take; a run can be put first', async () => {
    const { job: known } = await home.operations.jobs.create(script({ overlap: 'allow', maxConcurrent: 9 }), mei);
    const startKnown = () => home.operations.runs.start(known.id, {}, mei);
    await startKnown();
    const first = await claim();
    home.clock.advance(10 * second);
    await finish(first);
    await startKnown();
    await startKnown();
    await claim();
    const begun = home.clock.wall();
    home.clock.advance(second);
    const [one, two, three] = [await startKnown(), await startKnown(), await startKnown()];
    expect(await told(one)).toMatchObject({ code: 'next_in_line', position: 1, expectedAt: begun + 10 * second });
    expect(await told(three)).toMatchObject({ position: 3, expectedAt: begun + 20 * second });
    await home.operations.runs.moveToFront(three, mei);
    expect(await told(three)).toMatchObject({ position: 1, facts: { length: 3, queue: 'default' } });
    expect((await claim()).map(({ runId }) => runId)).toEqual([three.id, one.id, two.id]);
    expect((await refusal(home.operations.runs.moveToFront(three, mei))).code).toBe('run_not_waiting');
  });

  test('what nobody could mean is refused with its field', async () => {
    for (const slots of [0, -1, 1.5, 1e9]) {
      expect(await refusal(limits().changeQueue('etl', { slots }, mei))).toMatchObject({ code: 'invalid' });
      expect(await refusal(limits().setLock('a', slots, mei))).toMatchObject({ code: 'invalid' });
      expect(await refusal(limits().changeLimits({ system: slots }, mei))).toMatchObject({ code: 'invalid' });
    }
    expect(await refusal(limits().setLock(' ', 1, mei))).toMatchObject({ code: 'invalid' });
    expect(await refusal(start({ locks: ['a', 'a'] }))).toMatchObject({ code: 'invalid' });
  });
});
