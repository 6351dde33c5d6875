/** Are those well that work on one installation: schedulers, workers, their clocks, leases, zone data and versions. */
import type { Millis } from '../model/instant.ts';
import type { SchedulerRow, Worker } from '../model/worker.ts';
import { spoken, spokenDuration } from '../schedule/spoken.ts';
import { good, poor, type DatabaseState, type Finding, type InstallationState } from './finding.ts';

const apartMs: Millis = 2000;

/** Schedulers that report: not stopped, and heard of lately. */
export function liveSchedulers({ schedulers, now }: DatabaseState, lostAfterMs: Millis): readonly SchedulerRow[] {
  return schedulers.filter(({ stoppedAt, beatAt }) => stoppedAt === null && now - beatAt <= lostAfterMs);
}

/** Workers whose lease holds. */
export function liveWorkers({ workers, now }: DatabaseState, leaseMs: Millis): readonly Worker[] {
  return workers.filter(({ lostAt, beatAt }) => lostAt === null && now - beatAt <= leaseMs);
}

/** Since the newest pass of a live scheduler; null when none has passed. */
export function lastPollAge(database: DatabaseState, lostAfterMs: Millis): Millis | null {
  const polls = liveSchedulers(database, lostAfterMs).flatMap(({ polledAt }) => (polledAt === null ? [] : [polledAt]));
  return polls.length === 0 ? null : Math.max(0, database.now - Math.max(...polls));
}

export function examineSchedulers(database: DatabaseState, { settings }: InstallationState): Finding {
  const { lineage } = database;
  if (lineage.settledAt === null)
    return poor(
      'schedulers',
      `The database changed to another server at ${spoken(lineage.noticedAt, 'UTC')}: nothing is planned or claimed until ` +
        `every worker has compared what it knows with it, ${spokenDuration(settings.lostAfterMs)} at most.`,
      'Start workers that are down: their journals tell what they had started.',
    );
  const live = liveSchedulers(database, settings.lostAfterMs);
  const age = lastPollAge(database, settings.lostAfterMs);
  if (age !== null && age <= 3 * settings.pollIntervalMs)
    return good('schedulers', `${live.length} running, last pass ${spokenDuration(age)} ago.`);
  const since = age === null ? 'No scheduler runs' : `The last pass was ${spokenDuration(age)} ago`;
  return poor('schedulers', `${since}: nothing is planned.`, 'Start one: jtp start, or jtp scheduler.');
}

export function examineWorkers(database: DatabaseState, { settings }: InstallationState): Finding {
  const live = liveWorkers(database, settings.leaseMs);
  if (live.length === 0)
    return poor('workers', 'No worker is online: runs wait.', 'Start one: jtp start, or jtp worker.');
  const slots = live.reduce((sum, worker) => sum + worker.slots, 0);
  const halted = live.filter(({ draining, pausedAt }) => draining || pausedAt !== null).length;
  if (halted === live.length)
    return poor(
      'workers',
      'Every worker that is online drains or is paused: runs wait.',
      'Resume one: jtp workers resume NAME, or the page Workers. Or start another: jtp worker.',
    );
  const some = halted === 0 ? '' : `, ${halted} of them halted`;
  return good('workers', `${live.length} online${some}, ${database.leases.total} of ${slots} slots in use.`);
}

export function examineWatchdog(
  database: DatabaseState,
  { watchdog, settings }: InstallationState,
): readonly Finding[] {
  if (watchdog === null) return [];
  const { sentAt, error, everyMs } = watchdog;
  const age = sentAt === null ? null : Math.max(0, database.now - sentAt);
  const last = age === null ? 'Nothing was sent yet.' : `The last was sent ${spokenDuration(age)} ago.`;
  if (error !== null)
    return [poor('watchdog', `${last} The last try: ${error}`, 'Check watchdog.url and the network.')];
  return age !== null && age <= 2 * everyMs + settings.pollIntervalMs
    ? [good('watchdog', last)]
    : [poor('watchdog', last, 'It is sent while a scheduler plans; see Schedulers.')];
}

/** What a scheduler waits for because the clock jumped ahead of what it believes. */
function examineHold(schedulers: readonly SchedulerRow[]): Finding | null {
  const hold = schedulers.find((row) => row.hold !== null && row.hold.confirmedAt === null)?.hold ?? null;
  if (hold === null) return null;
  const [from, to] = [spoken(hold.from, 'UTC'), spoken(hold.to, 'UTC')];
  return poor(
    'clocks',
    `The clock jumped ahead from ${from} to ${to}; nothing is planned until it has been stable for five minutes.`,
    'If the new time is right, confirm it: jtp schedulers confirm-clock. If not, set the clock back.',
  );
}

export function examineClocks(database: DatabaseState, { settings }: InstallationState): Finding {
  const schedulers = liveSchedulers(database, settings.lostAfterMs);
  const held = examineHold(schedulers);
  if (held !== null) return held;
  const offsets = [
    { name: 'this process', ms: database.clockOffsetMs },
    ...schedulers.map(({ name, clockOffset }) => ({ name: `scheduler ${name}`, ms: clockOffset ?? 0 })),
    ...liveWorkers(database, settings.leaseMs).map(({ name, clockOffset }) => ({
      name: `worker ${name}`,
      ms: clockOffset ?? 0,
    })),
  ];
  const apart = offsets.filter(({ ms }) => Math.abs(ms) > apartMs);
  if (apart.length > 0) {
    const who = apart.map(
      ({ name, ms }) => `${name} is ${spokenDuration(Math.abs(ms))} ${ms > 0 ? 'ahead' : 'behind'}`,
    );
    return poor(
      'clocks',
      `Against the database, ${who.join(', ')}.`,
      'Keep the clocks of these hosts in step, for example with chrony.',
    );
  }
  const most = Math.max(...offsets.map(({ ms }) => Math.abs(ms)));
  return good('clocks', `${offsets.length} looked at, at most ${Math.round(most)} ms apart.`);
}

export function examineLeases({ leases }: DatabaseState): Finding {
  const { total, claimedTooLong, orphaned } = leases;
  if (orphaned > 0)
    return poor(
      'leases',
      `${total} held, ${orphaned} by workers that are gone.`,
      'They are settled within about a minute while a scheduler or worker runs; if not, restart one.',
    );
  if (claimedTooLong > 0)
    return poor(
      'leases',
      `${total} held, ${claimedTooLong} claimed long ago and not started.`,
      'Look at the log of their worker, and restart it if they stay.',
    );
  return good('leases', `${total} held, none of them stuck.`);
}

export function examineZones({ otherZoneData }: DatabaseState, { tzVersion }: InstallationState): Finding {
  return otherZoneData === 0
    ? good('zone_data', `${tzVersion}, and every schedule was computed with it.`)
    : poor(
        'zone_data',
        `${tzVersion}; ${otherZoneData} schedules or more were computed with other data.`,
        'A scheduler computes them anew within the hour, and at its start.',
      );
}

export function examineVersions(database: DatabaseState, { version, settings }: InstallationState): Finding {
  const all = [
    ...liveSchedulers(database, settings.lostAfterMs).map((row) => ({
      name: `scheduler ${row.name}`,
      version: row.version,
    })),
    ...liveWorkers(database, settings.leaseMs).map((row) => ({ name: `worker ${row.name}`, version: row.version })),
  ];
  const others = all.filter((one) => one.version !== version);
  if (others.length === 0) return good('versions', `${version} everywhere.`);
  const who = others.map((one) => `${one.name} has ${one.version}`).join(', ');
  return poor('versions', `This is ${version}; ${who}.`, 'Fine during an upgrade. Restart those that are older.');
}
