/** Is it working? Everything is measured when asked; nothing is remembered or guessed. */
import { access, constants } from 'node:fs/promises';
import type { Health } from 'job-trigger-contract';
import { formatInstant, watchdogBeats, watchdogKey, type SchedulerRow, type Worker } from 'job-trigger-core';
import type { PortalOptions } from './portal.ts';

type Check = NonNullable<Health['checks']>[string];

const healthy = (message: string, more: Partial<Check> = {}): Check => ({
  status: 'healthy',
  message,
  fix: null,
  ...more,
});

async function database({ store }: PortalOptions): Promise<Check> {
  try {
    const { latencyMs } = await store.ping();
    return healthy(`Answered in ${latencyMs.toFixed(1)} ms.`, { latency_ms: latencyMs });
  } catch {
    return {
      status: 'unhealthy',
      message: 'The database does not answer.',
      fix: 'Check that it runs, and database.url.',
    };
  }
}

async function storage({ config }: PortalOptions): Promise<Check> {
  try {
    await access(config.values.dataDir, constants.R_OK | constants.W_OK);
    return healthy('The data folder can be written.');
  } catch {
    return {
      status: 'unhealthy',
      message: 'The data folder cannot be written.',
      fix: `Give this user the right to write ${config.values.dataDir}.`,
    };
  }
}

/** Whether the watcher outside hears of us. */
async function watchdog({ store, config }: PortalOptions, now: number): Promise<Check> {
  const { sentAt, error } = watchdogBeats(await store.settings.get(watchdogKey));
  const { watchdogMs, engine } = config.values;
  const age = sentAt === null ? null : Math.max(0, now - sentAt);
  const last = age === null ? 'Nothing was sent yet' : `The last heartbeat was sent ${Math.round(age / 1000)} s ago`;
  const late = 2 * watchdogMs + engine.pollIntervalMs;
  if (error !== null)
    return {
      status: 'degraded',
      message: `${last}. The last try: ${error}`,
      fix: 'Check watchdog.url and the network.',
    };
  if (age !== null && age <= late) return healthy(`${last}.`);
  return { status: 'degraded', message: `${last}.`, fix: 'It is sent while a scheduler plans; see schedulers.' };
}

function workersCheck(online: readonly Worker[]): Check {
  if (online.length === 0)
    return { status: 'degraded', message: 'No worker is online: runs wait.', fix: 'Start one that carries runs out.' };
  const halted = online.filter(({ draining, pausedAt }) => draining || pausedAt !== null).length;
  if (halted < online.length)
    return healthy(halted === 0 ? `${online.length} online.` : `${online.length} online, ${halted} of them halted.`);
  return {
    status: 'degraded',
    message: 'Every worker that is online drains or is paused: runs wait.',
    fix: 'Resume one on the page Workers, or start another.',
  };
}

/** A clock that is off by so much is told: times in logs of jobs are its own. */
const offMs = 5000;

/** Whether somebody waits because the clock jumped, and whose clock differs from the one that counts. */
function clockCheck(schedulers: readonly SchedulerRow[], workers: readonly Worker[]): Check {
  const hold = schedulers.find((row) => row.hold !== null && row.hold.confirmedAt === null)?.hold ?? null;
  if (hold !== null)
    return {
      status: 'degraded',
      message: `The clock jumped ahead from ${formatInstant(hold.from)} to ${formatInstant(hold.to)}; nothing is planned until it has been stable for five minutes.`,
      fix: 'If the new time is right, confirm it: jtp schedulers confirm-clock. If not, set the clock back.',
    };
  const off = [...schedulers, ...workers].filter(({ clockOffset }) => Math.abs(clockOffset ?? 0) > offMs);
  const [first] = off;
  if (first === undefined) return healthy('Clocks agree with the database.');
  return {
    status: 'degraded',
    message: `The clock of ${off.map(({ name }) => name).join(', ')} differs from the database’s by up to ${Math.round(Math.max(...off.map(({ clockOffset }) => Math.abs(clockOffset ?? 0))) / 1000)} s.`,
    fix: `Scheduling is not touched: the database’s clock counts. Set the clock on ${first.host} all the same.`,
  };
}

/** The checks, the worst of which is the status. */
export async function checkHealth(
  options: PortalOptions,
): Promise<Pick<Health, 'status' | 'checks' | 'last_poll_age_seconds' | 'pending_count'>> {
  const { store, config } = options;
  const { engine } = config.values;
  const checks: Record<string, Check> = { database: await database(options), storage: await storage(options) };
  let lastPollAge: number | null = null;
  let pending = 0;
  if (checks['database']?.status === 'healthy') {
    const now = await store.now();
    const schedulers = (await store.schedulers.list()).filter(
      (row) => row.stoppedAt === null && now - row.beatAt <= engine.lostAfterMs,
    );
    const polls = schedulers.map((row) => row.polledAt).filter((at) => at !== null);
    lastPollAge = polls.length === 0 ? null : Math.max(0, now - Math.max(...polls)) / 1000;
    const polled = lastPollAge !== null && lastPollAge * 1000 <= 2 * engine.pollIntervalMs + 5000;
    checks['schedulers'] = polled
      ? healthy(`${schedulers.length} running, last poll ${lastPollAge?.toFixed(0)} s ago.`)
      : {
          status: 'degraded',
          message: 'No scheduler has polled lately: nothing is planned.',
          fix: 'Start one that plans.',
        };
    const online = (await store.workers.list()).filter(
      (row) => row.lostAt === null && now - row.beatAt <= engine.leaseMs,
    );
    checks['workers'] = workersCheck(online);
    checks['clock'] = clockCheck(schedulers, online);
    pending = (await store.runs.countLive()).queued;
    if (config.values.watchdogUrl !== null) checks['watchdog'] = await watchdog(options, now);
  }
  const worst =
    (['unhealthy', 'degraded'] as const).find((status) =>
      Object.values(checks).some((check) => check.status === status),
    ) ?? 'healthy';
  return { status: worst, checks, last_poll_age_seconds: lastPollAge, pending_count: pending };
}
