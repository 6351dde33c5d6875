/** Carries a planned fault out. Only processes that the round started are struck, by their ids. */
import { setTimeout as rest } from 'node:timers/promises';
import type { FaultKind, Struck } from './history.ts';
import type { Installation } from './installation.ts';
import type { PlannedFault } from './plan.ts';
import type { Role } from './role.ts';

async function killed(role: Role, awayMs: number): Promise<void> {
  await role.kill();
  await rest(awayMs);
  await role.start();
}

async function stopped(role: Role, forMs: number): Promise<void> {
  role.signal('SIGSTOP');
  await rest(forMs);
  role.signal('SIGCONT');
}

async function drained(role: Role, awayMs: number): Promise<void> {
  if (!(await role.drain())) role.crashes.push(`${role.name} did not end well when it was asked to`);
  await rest(awayMs);
  await role.start();
}

/** An hour: more than a misfire, less than what an operator has to confirm. */
export const jumpMs = 3_600_000;

interface Strike {
  readonly target: string;
  readonly work: (forMs: number) => Promise<void>;
}

interface Targets {
  readonly installation: Installation;
  readonly scheduler: Installation['schedulers'][0];
  readonly worker: Installation['workers'][0];
}

const strikes: Readonly<Record<FaultKind, (targets: Targets) => Strike>> = {
  scheduler_killed: ({ scheduler }) => ({ target: scheduler.name, work: (forMs) => killed(scheduler, forMs) }),
  worker_killed: ({ worker }) => ({ target: worker.name, work: (forMs) => killed(worker, forMs) }),
  portal_killed: ({ installation: { portal } }) => ({ target: 'portal', work: (forMs) => killed(portal, forMs) }),
  spawner_killed: ({ worker }) => ({
    target: `spawner of ${worker.name}`,
    work: async () => {
      if (worker.spawnerPid !== null) process.kill(worker.spawnerPid, 'SIGKILL');
      // The worker starts the next one after a short rest.
      await rest(1500);
    },
  }),
  scheduler_stopped: ({ scheduler }) => ({ target: scheduler.name, work: (forMs) => stopped(scheduler, forMs) }),
  worker_and_spawner_killed: ({ worker }) => ({
    target: `${worker.name} and its spawner`,
    work: async (forMs) => {
      // Nobody is left who would end the trees: whoever takes over has to.
      if (worker.spawnerPid !== null) process.kill(worker.spawnerPid, 'SIGKILL');
      await killed(worker, forMs);
    },
  }),
  worker_stopped: ({ worker }) => ({ target: worker.name, work: (forMs) => stopped(worker, forMs) }),
  worker_drained: ({ worker }) => ({ target: worker.name, work: (forMs) => drained(worker, forMs) }),
  scheduler_drained: ({ scheduler }) => ({ target: scheduler.name, work: (forMs) => drained(scheduler, forMs) }),
  everything_killed: ({ installation: { roles } }) => ({
    target: 'everything',
    work: async (forMs) => {
      await Promise.all(roles.map((role) => role.kill()));
      await rest(forMs);
      await Promise.all(roles.map((role) => role.start()));
    },
  }),
  connections_cut: ({ installation }) => ({ target: 'PostgreSQL', work: () => installation.cutConnections() }),
  database_restarted: ({ installation }) => ({
    target: 'PostgreSQL',
    work: (forMs) => installation.restartDatabase(forMs),
  }),
  worker_gone: ({ worker }) => ({
    target: worker.name,
    work: async (forMs) => {
      if (worker.spawnerPid !== null) process.kill(worker.spawnerPid, 'SIGKILL');
      await killed(worker, forMs);
    },
  }),
  clock_jumped: ({ installation }) => ({
    target: 'the clock, an hour ahead and back',
    work: async (forMs) => {
      await installation.setClock(jumpMs);
      await rest(forMs);
      await installation.setClock(0);
    },
  }),
  network_stalled: ({ installation: { network } }) => ({
    target: 'the way to PostgreSQL',
    work: async (forMs) => {
      network?.stall();
      await rest(forMs);
      network?.pass();
    },
  }),
  network_slow: ({ installation: { network } }) => ({
    target: 'the way to PostgreSQL, half a second later',
    work: async (forMs) => {
      network?.delay(500);
      await rest(forMs);
      network?.delay(0);
    },
  }),
  answers_lost: ({ installation: { network } }) => ({
    target: 'the answers to three commits',
    work: async () => {
      for (let lost = 0; lost < 3; lost += 1)
        await Promise.race([network?.cutAfterCommit(), rest(3000, null, { ref: false })]);
    },
  }),
  disk_full: ({ installation: { disk } }) => ({
    target: 'the data folder',
    work: async (forMs) => {
      disk?.fill();
      await rest(forMs);
      disk?.free();
    },
  }),
};

function strikeOf({ kind, which }: PlannedFault, installation: Installation): Strike {
  const { schedulers, workers } = installation;
  return strikes[kind]({ installation, scheduler: schedulers[which], worker: workers[which] });
}

/** One after the other: a fault whose time comes while another lasts waits for its end. @returns what was struck when */
export async function strikeAll(
  installation: Installation,
  faults: readonly PlannedFault[],
  { since, say }: { readonly since: number; readonly say: (text: string) => void },
): Promise<Struck[]> {
  const struck: Struck[] = [];
  for (const fault of faults) {
    await rest(Math.max(0, since + fault.atMs - Date.now()));
    const { target, work } = strikeOf(fault, installation);
    const at = Date.now();
    await work(fault.forMs);
    const until = Date.now();
    struck.push({ kind: fault.kind, target, at, until });
    say(
      `${((at - since) / 1000).toFixed(1)} s: ${fault.kind.replaceAll('_', ' ')}: ${target}, for ${((until - at) / 1000).toFixed(1)} s`,
    );
  }
  return struck;
}
