/** One round on one database: load, faults, quiet, and everything the witnesses have to say about it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { ProblemError, type Client } from 'job-trigger-contract';
import type { History, JobFacts, Shift, Struck, Trigger } from './history.ts';
import type { Installation } from './installation.ts';
import { readLedger, readRuns } from './ledger.ts';
import { chanceOf, pick, planFaults, planJobs, type PlannedJob } from './plan.ts';
import { jumpMs, strikeAll } from './strike.ts';
import { bootInstant, readWitness } from './witness.ts';

export interface RoundOptions {
  readonly seed: number;
  /** How many jobs; some have two schedules. */
  readonly jobs: number;
  /** Time in which faults strike. */
  readonly faultsMs: number;
  /** Time without any, after the last. */
  readonly quietMs: number;
  readonly say: (text: string) => void;
}

type Made = Omit<JobFacts, 'until'>;

export async function playRound(installation: Installation, options: RoundOptions): Promise<History> {
  const { seed, quietMs, say } = options;
  const { portal, schedulers, workers, witness } = installation;
  const bootAt = bootInstant();
  await portal.start();
  await Promise.all([...schedulers, ...workers].map((role) => role.start()));
  const client = await installation.client();
  const start = Math.floor(Date.now() / 1000) * 1000;
  const made = await makeJobs(client, planJobs(seed, options.jobs, { start, folder: witness }));
  say(`${made.length} jobs with ${made.flatMap(({ schedules }) => schedules).length} schedules`);

  const since = Date.now();
  const database = installation.database;
  const faultsEnd = Promise.withResolvers<readonly Struck[]>();
  const triggering = triggerUntil(installation, made, { seed, ended: faultsEnd.promise });
  const plan = planFaults(seed, { forMs: options.faultsMs, database, withDisk: installation.disk !== null });
  const faults = await strikeAll(installation, plan, { since, say });
  faultsEnd.resolve(faults);
  const triggers = await triggering;
  say(`${((Date.now() - since) / 1000).toFixed(1)} s: quiet`);
  await rest(quietMs);

  const quietClient = await installation.client();
  const jobs: JobFacts[] = [];
  for (const job of made) {
    const until = Date.now();
    await quietClient.deactivateJob({ params: { id: job.id } });
    jobs.push({ ...job, until });
  }
  const open = await waitUntilIdle(quietClient);
  const shifts = shiftsIn(faults);
  const ledger = await readLedger(
    quietClient,
    jobs.map(({ id }) => id),
    shifts,
  );
  const runs = await readRuns(quietClient, shifts);
  const { items: registered } = await quietClient.listWorkers({ query: {} });
  const crashes: string[] = [];
  for (const role of [...workers, ...schedulers, portal])
    if (!(await role.drain())) crashes.push(`${role.name} did not end well when it was asked to`);
  crashes.push(...installation.roles.flatMap((role) => role.crashes));
  return {
    database,
    seed,
    workers: Object.fromEntries(registered.map(({ name, id }) => [name, id])),
    shifts,
    jobs,
    told: readWitness(join(witness, 'told'), bootAt),
    ledger,
    runs,
    triggers,
    faults,
    remains: { orphans: orphansOf(installation.folder), open, crashes, integrity: await installation.integrity() },
  };
}

function shiftsIn(faults: readonly Struck[]): Shift[] {
  return faults.flatMap(({ kind, at, until }) => (kind === 'clock_jumped' ? [{ at, until, offsetMs: jumpMs }] : []));
}

async function makeJobs(client: Client, planned: readonly PlannedJob[]): Promise<Made[]> {
  const made: Made[] = [];
  for (const { input, rules, periodsMs, ...facts } of planned) {
    const job = await client.createJob({ body: input });
    made.push({
      ...facts,
      id: job.id,
      name: job.name,
      from: Date.parse(job.created_at),
      schedules: rules.map((rule, index) => ({
        id: job.schedules[index]?.id ?? '',
        rule,
        periodMs: periodsMs[index] ?? 0,
      })),
    });
  }
  return made;
}

const triggerEveryMs = 700;

/** Asks for runs now and then, also while the portal is away: what it acknowledges has to be there later. */
async function triggerUntil(
  installation: Installation,
  jobs: readonly Made[],
  { seed, ended }: { seed: number; ended: Promise<unknown> },
): Promise<Trigger[]> {
  const chance = chanceOf(seed ^ 0x7216);
  const triggers: Trigger[] = [];
  let over = false;
  void ended.then(() => (over = true));
  let client = await installation.client(3000);
  for (let number = 0; !over; number += 1) {
    await rest(triggerEveryMs * (0.5 + chance()));
    const job = pick(chance, jobs);
    const note = `trigger ${number}`;
    const at = Date.now();
    let runId: string | null = null;
    try {
      ({ run_id: runId } = await client.runJob({ params: { id: job.id }, body: { note } }));
    } catch (error) {
      if (error instanceof ProblemError && error.status === 401)
        client = await installation.client(3000).catch(() => client);
      // A refusal that says so is an answer, too: there is no run, and nobody was promised one.
      if (error instanceof ProblemError && error.status < 500) continue;
    }
    triggers.push({ note, jobId: job.id, at, runId });
  }
  return triggers;
}

const idleMs = 30_000;

/** @returns how many runs are waiting or live still when the time is over */
async function waitUntilIdle(client: Client): Promise<number> {
  for (const since = Date.now(); ;) {
    const { items } = await client.listRuns({ query: { state: 'queued,starting,running', limit: 500 } });
    if (items.length === 0 || Date.now() - since > idleMs) return items.length;
    await rest(200);
  }
}

/** Processes that a run of this installation left behind. Nothing but theirs is looked at twice. */
function orphansOf(folder: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
      if (!environment.includes('JTP_RUN_ID=') || !environment.includes(folder)) return [];
      return [`${pid}: ${readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim()}`];
    } catch {
      return [];
    }
  });
}
