/**
 * How exactly a job that is due every two seconds runs when nobody disturbs it.
 *
 *     npm run grid -- --db sqlite|postgres|both --seconds 60
 *
 * SQLite is tried with everything in one process, PostgreSQL with a portal, two schedulers and two workers. Ends with 1
 * when an instant is not where the rule says, p95 of the lateness is 150 ms or more, or the lateness grows.
 */
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { closeOnSignals, openInstallation } from './installation.ts';
import { readLedger, readRuns } from './ledger.ts';
import { instantsOf } from './oracle.ts';
import { bootInstant, readWitness } from './witness.ts';

const { values } = parseArgs({
  options: { db: { type: 'string', default: 'both' }, seconds: { type: 'string', default: '60' } },
});
const everyMs = 2000;
const mostLateMs = 150;
/** The lateness may differ so much between the first third of the runs and the last. */
const mostDriftMs = 25;

const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);
const quantile = (numbers: readonly number[], share: number): number =>
  sorted(numbers)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))] ?? Number.NaN;

async function measure(database: 'sqlite' | 'postgres', seconds: number): Promise<boolean> {
  const installation = await openInstallation(database, { JOB_PORTAL_TIMEZONE: 'UTC' });
  const { portal, schedulers, workers, together, witness } = installation;
  try {
    const bootAt = bootInstant();
    if (database === 'sqlite') await together.start();
    else for (const role of [portal, ...schedulers, ...workers]) await role.start();
    const client = await installation.client();
    await rest(2000);
    const start = Math.ceil(Date.now() / everyMs) * everyMs;
    const job = await client.createJob({
      body: {
        name: 'tick',
        type: 'script',
        config: { script: 'witness.sh', args: [witness, '0.1', 'ok', 'shared'] },
        schedules: [{ kind: 'interval', every: 2, unit: 'seconds', start: new Date(start).toISOString() }],
      },
    });
    const from = Date.parse(job.created_at);
    await rest(seconds * 1000 + 1000);
    const until = from + seconds * 1000;
    const rows = (await readLedger(client, [job.id], [])).filter((row) => row.kind === 'row' && row.dueAt <= until);
    const runs = (await readRuns(client, [])).filter(({ dueAt }) => dueAt !== null && dueAt <= until);
    const wanted = instantsOf({ kind: 'interval', seconds: 2, start }, from, until);
    const planned = sorted(rows.flatMap((row) => (row.kind === 'row' && row.runId !== null ? [row.dueAt] : [])));
    const starts = new Map(
      readWitness(join(witness, 'told'), bootAt).flatMap((line) =>
        line.kind === 'start' ? [[line.runId, line.at]] : [],
      ),
    );
    const exact = JSON.stringify(planned) === JSON.stringify(wanted);
    const green = runs.filter(({ state }) => state === 'succeeded').length;
    const late = runs
      .toSorted((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0))
      .map(({ id, dueAt }) => (starts.get(id) ?? Number.NaN) - (dueAt ?? 0));
    const third = Math.floor(late.length / 3);
    const drift = quantile(late.slice(-third), 0.5) - quantile(late.slice(0, third), 0.5);
    const p95 = quantile(late, 0.95);
    const good = exact && green === wanted.length && p95 < mostLateMs && Math.abs(drift) < mostDriftMs;
    process.stdout.write(
      `${good ? 'holds' : 'FAILS'}: ${database}, every 2 s for ${seconds} s: ${planned.length} of ${wanted.length} instants` +
        `${exact ? ', exact' : ', NOT EXACT'}; ${green} succeeded; first line of the script after its instant: ` +
        `p50 ${quantile(late, 0.5)} ms, p95 ${p95} ms, most ${Math.max(...late)} ms; last third against first ${drift} ms\n`,
    );
    return good;
  } finally {
    await installation.close();
  }
}

closeOnSignals();
let good = true;
for (const database of ['sqlite', 'postgres'] as const)
  if (values.db === database || values.db === 'both') good = (await measure(database, Number(values.seconds))) && good;
process.exitCode = good ? 0 : 1;
