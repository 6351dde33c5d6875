/** What must hold when all actors have ended, whatever the order was. */
import type pg from 'pg';
import type { Heard } from './acts.ts';
import { everyMs, type Scene } from './scene.ts';

interface Row {
  readonly [column: string]: string | number | null;
}

interface Tables {
  readonly runs: readonly Row[];
  readonly queue: readonly Row[];
  readonly leases: readonly Row[];
  readonly attempts: readonly Row[];
  readonly occurrences: readonly Row[];
  readonly gaps: readonly Row[];
  readonly schedule: Row | undefined;
  readonly workers: readonly Row[];
}

async function read(client: pg.Client, { jobId, scheduleId }: Scene): Promise<Tables> {
  const rows = async (sql: string): Promise<readonly Row[]> => (await client.query<Row>(sql)).rows;
  const own = `run_id IN (SELECT id FROM runs WHERE job_id = ${jobId})`;
  return {
    runs: await rows(`SELECT id, state, cancel_requested_at, schedule_id, due_at FROM runs WHERE job_id = ${jobId}`),
    queue: await rows(`SELECT run_id, fence, attempt FROM queue WHERE job_id = ${jobId}`),
    leases: await rows(
      `SELECT run_id, fence, attempt, phase, worker_id, incarnation, slot FROM leases WHERE job_id = ${jobId}`,
    ),
    attempts: await rows(`SELECT run_id, fence, attempt, outcome FROM attempts WHERE ${own}`),
    occurrences: await rows(`SELECT due_at, run_id, reason FROM occurrences WHERE schedule_id = ${scheduleId}`),
    gaps: await rows(`SELECT from_at, to_at, count FROM gaps WHERE schedule_id = ${scheduleId}`),
    schedule: (await rows(`SELECT cursor_at FROM schedules WHERE id = ${scheduleId}`))[0],
    workers: await rows('SELECT id, incarnation, lost_at FROM workers'),
  };
}

type Check = (tables: Tables, scene: Scene, heard: readonly Heard[]) => readonly string[];

const number = (value: string | number | null | undefined): number => Number(value);

/** A run waits, is held, or has ended: one of them. */
const oneState: Check = ({ runs, queue, leases }) =>
  runs.flatMap(({ id, state }) => {
    const waiting = queue.filter(({ run_id }) => run_id === id).length;
    const held = leases.filter(({ run_id }) => run_id === id).length;
    return waiting + held + (state === null ? 0 : 1) === 1
      ? []
      : [`run ${id} has ${waiting} rows in the queue, ${held} leases and the state ${state}`];
  });

/** (P5) An exclusive job holds one lease at most. */
const oneLease: Check = ({ leases }) => (leases.length <= 1 ? [] : [`an exclusive job holds ${leases.length} leases`]);

/** (P6) Each fence is used once, and what is held or waits has the highest. */
const fences: Check = ({ queue, leases, attempts }, _, heard) => {
  const claims = heard.flatMap((each) => each.claims ?? []).map(({ runId, fence }) => `${runId} ${fence}`);
  const faults = new Set(claims).size === claims.length ? [] : ['one claim was given to two'];
  const tried = attempts.map(({ run_id, fence }) => `${run_id} ${fence}`);
  if (new Set(tried).size !== tried.length) faults.push('one fence has two attempts');
  for (const { run_id, fence } of [...queue, ...leases])
    for (const attempt of attempts)
      if (attempt.run_id === run_id && number(attempt.fence) > number(fence))
        faults.push(`run ${run_id} stands with fence ${fence} after an attempt with ${attempt.fence}`);
  for (const { run_id, fence } of leases)
    if (attempts.some((attempt) => attempt.run_id === run_id && attempt.fence === fence))
      faults.push(`fence ${fence} of run ${run_id} has ended and is held`);
  return faults;
};

/** (P3, P7) What was allowed to start has its lease still, or an attempt; what was not has no attempt but a late end. */
const starts: Check = ({ leases, attempts }, { held }, heard) => {
  const begun = heard.flatMap((each) => each.claims ?? []).filter(({ direct }) => direct);
  const allowed = [...heard.flatMap((each) => each.intended ?? []), ...begun];
  const faults = allowed.flatMap(({ runId, fence }) => {
    const lease = leases.find((row) => number(row['run_id']) === runId && number(row['fence']) === fence);
    const attempt = attempts.some((row) => number(row['run_id']) === runId && number(row['fence']) === fence);
    if (attempt || lease?.['phase'] === 'starting') return [];
    return [`run ${runId} may start with fence ${fence}, and nothing knows of it`];
  });
  const asked = heard.some((each) => each.intended !== undefined);
  for (const { runId, fence } of held) {
    const isAllowed = allowed.some((each) => each.runId === runId && each.fence === fence);
    const lost = attempts.some(
      (row) => number(row['run_id']) === runId && number(row['fence']) === fence && row['outcome'] === 'lost',
    );
    if (asked && !isAllowed && lost) faults.push(`run ${runId} was never allowed to start, and counts as lost`);
  }
  return faults;
};

/** A result counts while nobody has taken its lease away. */
const results: Check = ({ attempts }, { held }, heard) => {
  if (!heard.some(({ finished }) => finished) || heard.some(({ rescued }) => rescued)) return [];
  return held.flatMap(({ runId, fence }) =>
    attempts.some((row) => number(row['run_id']) === runId && number(row['fence']) === fence)
      ? []
      : [`the result of run ${runId} with fence ${fence} is lost`],
  );
};

/** (P1, P2) Up to the cursor every instant is there once, and an occurrence has its run. */
const ledger: Check = ({ runs, occurrences, gaps, schedule }, { from }) => {
  const faults: string[] = [];
  for (let at = from + everyMs; at <= number(schedule?.['cursor_at']); at += everyMs) {
    const rows = occurrences.filter((row) => number(row['due_at']) === at).length;
    const held = gaps.filter((gap) => number(gap['from_at']) <= at && at <= number(gap['to_at'])).length;
    if (rows + held !== 1) faults.push(`the instant ${at - from} is there ${rows + held} times`);
  }
  const scheduled = runs.filter(({ schedule_id }) => schedule_id !== null).map(({ id }) => id);
  const named = occurrences.flatMap(({ run_id }) => (run_id === null ? [] : [run_id]));
  if (new Set([...scheduled, ...named]).size !== scheduled.length || scheduled.length !== named.length)
    faults.push(`${named.length} occurrences have runs, and the schedule has ${scheduled.length}`);
  return faults;
};

/** A lease belongs to a live incarnation, once what raced with a rescue is looked for. */
const holders: Check = ({ leases, workers }) =>
  leases.flatMap(({ run_id, worker_id, incarnation }) =>
    workers.some((row) => row['id'] === worker_id && row['incarnation'] === incarnation && row['lost_at'] === null)
      ? []
      : [`run ${run_id} is held by a worker that is over`],
  );

/** What was acknowledged as cancelled is over, or is asked to be. */
const cancels: Check = ({ runs }, { run }, heard) => {
  if (!heard.some(({ cancelled }) => cancelled)) return [];
  const row = runs.find(({ id }) => number(id) === run.id);
  return row?.['state'] !== null || row['cancel_requested_at'] !== null ? [] : ['the cancel was acknowledged and lost'];
};

const checks: readonly Check[] = [oneState, oneLease, fences, starts, results, ledger, holders, cancels];

/** What is wrong; empty when nothing is. */
export async function brokenBy(client: pg.Client, scene: Scene, heard: readonly Heard[]): Promise<readonly string[]> {
  const tables = await read(client, scene);
  return checks.flatMap((check) => check(tables, scene, heard));
}
