/** Carries a planned fault out. Only processes that the round started are struck, by their ids. */
import { setTimeout as rest } from 'node:timers/promises';
import type { Struck } from './history.ts';
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

function struckOf(
  { kind, which }: PlannedFault,
  installation: Installation,
): { target: string; work: (forMs: number) => Promise<void> } {
  const scheduler = installation.schedulers[which];
  const worker = installation.workers[which];
  switch (kind) {
    case 'scheduler_killed':
      return { target: scheduler.name, work: (forMs) => killed(scheduler, forMs) };
    case 'worker_killed':
      return { target: worker.name, work: (forMs) => killed(worker, forMs) };
    case 'portal_killed':
      return { target: 'portal', work: (forMs) => killed(installation.portal, forMs) };
    case 'spawner_killed':
      return {
        target: `spawner of ${worker.name}`,
        work: async () => {
          if (worker.spawnerPid !== null) process.kill(worker.spawnerPid, 'SIGKILL');
          // The worker starts the next one after a short rest.
          await rest(1500);
        },
      };
    case 'scheduler_stopped':
      return { target: scheduler.name, work: (forMs) => stopped(scheduler, forMs) };
    case 'worker_and_spawner_killed':
      return {
        target: `${worker.name} and its spawner`,
        work: async (forMs) => {
          // Nobody is left who would end the trees: whoever takes over has to.
          if (worker.spawnerPid !== null) process.kill(worker.spawnerPid, 'SIGKILL');
          await killed(worker, forMs);
        },
      };
    case 'worker_stopped':
      return { target: worker.name, work: (forMs) => stopped(worker, forMs) };
    case 'worker_drained':
      return { target: worker.name, work: (forMs) => drained(worker, forMs) };
    case 'scheduler_drained':
      return { target: scheduler.name, work: (forMs) => drained(scheduler, forMs) };
    case 'everything_killed':
      return {
        target: 'everything',
        work: async (forMs) => {
          await Promise.all(installation.roles.map((role) => role.kill()));
          await rest(forMs);
          await Promise.all(installation.roles.map((role) => role.start()));
        },
      };
    case 'connections_cut':
      return { target: 'PostgreSQL', work: () => installation.cutConnections() };
    case 'database_restarted':
      return { target: 'PostgreSQL', work: (forMs) => installation.restartDatabase(forMs) };
  }
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
    const { target, work } = struckOf(fault, installation);
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
