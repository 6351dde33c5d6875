/** S11: what becomes of the runs of a worker that is killed, and of the schedules of a scheduler. */
import pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { startProgram } from './program.ts';
import { race, type Contestant, type Figures } from './race.ts';
import type { Bench, Scenario } from './scenario.ts';
import { withStage, type Place, type Stage } from './stage.ts';

const ours = 'ours, worker killed';
const oursScheduler = 'ours, scheduler killed';
const patienceMs = 180_000;
const settled = 'until all are settled';

async function numberOf(client: pg.Client, sql: string): Promise<number> {
  return Number((await client.query<{ n: string }>(sql)).rows[0]?.n ?? 0);
}

/** @returns milliseconds until it is so. @throws when it never is */
async function since(from: number, holds: () => Promise<boolean>): Promise<number> {
  while (!(await holds())) {
    if (performance.now() - from > patienceMs) throw new Error('It was not settled within three minutes.');
    await pause(20);
  }
  return performance.now() - from;
}

/** Everything that was begun by the first worker ends with the second, which lives on beside its folder with a rescuer. */
async function workerKilled(place: Place, count: number): Promise<Figures> {
  const file = 'systems/ours.ts';
  const first = startProgram(file, { do: 'hold', ...place, count, name: 'first' });
  await first.heard('ready');
  const second = startProgram(file, {
    do: 'hold',
    ...place,
    count,
    name: 'second',
    fills: false,
    ends: true,
  });
  await second.heard('ready');
  const client = new pg.Client(place.url);
  await client.connect();
  try {
    first.tell('go');
    await since(
      performance.now(),
      async () => (await numberOf(client, `SELECT count(*) AS n FROM leases WHERE phase <> 'claimed'`)) === count,
    );
    second.tell('go');
    const killedAt = performance.now();
    first.kill();
    await first.answer.catch(() => undefined);
    const ms = await since(
      killedAt,
      async () =>
        (await numberOf(client, 'SELECT (SELECT count(*) FROM queue) + (SELECT count(*) FROM leases) AS n')) === 0,
    );
    const ended = await numberOf(client, 'SELECT count(*) AS n FROM runs WHERE state IS NOT NULL');
    const doubled = await numberOf(
      client,
      `SELECT count(*) AS n FROM (SELECT run_id FROM attempts WHERE outcome = 'succeeded' GROUP BY 1 HAVING count(*) > 1) AS twice`,
    );
    if (ended !== count || doubled !== 0) throw new Error(`${ended} of ${count} have ended, ${doubled} of them twice.`);
    return { [settled]: ms / 1000 };
  } finally {
    first.kill();
    second.tell('stop');
    await second.answer.catch(() => undefined);
    await client.end();
  }
}

/** Of two schedulers one is killed while `count` schedules fall due: the other plans them all, each once. */
async function schedulerKilled(place: Place, count: number): Promise<Figures> {
  const file = 'systems/ours.ts';
  const filler = startProgram(file, { do: 'fill', ...place, count, aheadMs: 8000 });
  const { dueAt } = (await filler.answer) as { readonly dueAt: number };
  const order = (name: string, scheduler: boolean) => ({
    do: 'join',
    ...place,
    folder: `${place.folder}-${name}`,
    slots: 100,
    scheduler,
    worker: !scheduler,
    name,
  });
  const [first, second, worker] = [order('one', true), order('two', true), order('three', false)].map((each) =>
    startProgram(file, each),
  );
  if (first === undefined || second === undefined || worker === undefined)
    throw new Error('Three processes were to be started.');
  const client = new pg.Client(place.url);
  await client.connect();
  try {
    for (const each of [first, second, worker]) {
      await each.heard('ready');
      each.tell('go');
    }
    await pause(Math.max(0, dueAt - Date.now()));
    const killedAt = performance.now();
    first.kill();
    await first.answer.catch(() => undefined);
    const ms = await since(
      killedAt,
      async () => (await numberOf(client, `SELECT count(*) AS n FROM runs WHERE state = 'succeeded'`)) >= count,
    );
    const made = await numberOf(client, 'SELECT count(*) AS n FROM runs');
    const ledger = await numberOf(client, 'SELECT count(*) AS n FROM occurrences WHERE run_id IS NOT NULL');
    if (made !== count || ledger !== count)
      throw new Error(`${made} runs and ${ledger} rows of the ledger for ${count} instants.`);
    return { [settled]: ms / 1000 };
  } finally {
    first.kill();
    for (const each of [second, worker]) {
      each.tell('stop');
      await each.answer.catch(() => undefined);
    }
    await client.end();
  }
}

function contestants({ options }: Bench, { onPostgres }: Stage): readonly Contestant[] {
  const count = options.count ?? 100;
  return [
    { name: ours, turn: () => onPostgres((place) => workerKilled(place, count)) },
    { name: oursScheduler, turn: () => onPostgres((place) => schedulerKilled(place, count)) },
  ];
}

export const s11: Scenario = {
  name: 'S11',
  about:
    'A worker with 100 runs in its hands is killed, and a scheduler in the second in which 100 schedules are due: until everything is settled.',
  run: (_, bench) =>
    withStage(bench, { postgres: [] }, async (stage) => {
      bench.note(
        'By their documentation the peers settle the same after: graphile-worker 4 h (its lock), pg-boss 15 min (expiry), BullMQ 30 s to 60 s (stalled check); they are not measured. The limit is half of the shortest.',
      );
      const rounds = bench.options.rounds ?? (bench.options.full ? 5 : 1);
      const result = await race({ bench, contestants: contestants(bench, stage), rounds, steadyBy: settled });
      return [
        ...result.measure(ours, settled, 's', [{ of: 'max', below: 15 }]),
        ...result.measure(oursScheduler, settled, 's', [{ of: 'max', below: 10 }]),
      ];
    }),
};
