/**
 * Is it well? Facts as they were measured become findings, each with what mends it. Pure; the health page, `/api/health`
 * and `jtp doctor` all read these.
 */
import { formatInstant, type Instant, type Millis } from '../model/instant.ts';
import type { Lineage } from '../model/lineage.ts';
import type { SchedulerRow, Worker } from '../model/worker.ts';
import { examineDurability, type DurabilityFacts } from './durability.ts';
import { broken, examinations, good, poor, type Finding, type Health } from './finding.ts';
import type { Due, LeaseFacts } from '../model/upkeep.ts';
import type { WatchdogBeats } from '../model/watchdog.ts';

export { examinations, type Examination, type Finding, type Health } from './finding.ts';

/** What the database told; null while it does not answer. */
export interface DatabaseState extends DurabilityFacts {
  readonly kind: 'sqlite' | 'postgres';
  readonly version: string;
  readonly bytes: number | null;
  readonly walBytes: number | null;
  readonly latencyMs: Millis;
  /** Its time. */
  readonly now: Instant;
  /** This process's clock minus the database's. */
  readonly clockOffsetMs: Millis;
  readonly schedulers: readonly SchedulerRow[];
  readonly workers: readonly Worker[];
  readonly leases: LeaseFacts;
  readonly due: Due;
  /** Held while it is not settled. */
  readonly lineage: Pick<Lineage, 'noticedAt' | 'settledAt'>;
  /** Schedules computed with other zone data: at least so many. */
  readonly otherZoneData: number;
}

export interface InstallationState {
  readonly database: DatabaseState | null;
  /** What the database said when it did not answer. */
  readonly trouble: { readonly code: string; readonly message: string } | null;
  readonly schema: { readonly current: number; readonly latest: number } | null;
  readonly folder: {
    readonly path: string;
    readonly usable: boolean;
    /** Others than its owner may look in. */
    readonly open: boolean;
    readonly networkKind: string | null;
  };
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number; readonly fullAt: Instant | null } | null;
  /** Of the heartbeat that goes out; null where none is wanted. */
  readonly watchdog: (Pick<WatchdogBeats, 'sentAt' | 'error'> & { readonly everyMs: Millis }) | null;
  readonly ballast: { readonly state: 'off' | 'held' | 'spent' | 'absent'; readonly bytes: number };
  readonly wall: Instant;
  readonly version: string;
  readonly tzVersion: string;
  readonly settings: {
    readonly pollIntervalMs: Millis;
    readonly leaseMs: Millis;
    readonly lostAfterMs: Millis;
    readonly runDays: number;
  };
}

const dayMs: Millis = 86_400_000;
const slowMs: Millis = 1000;
const apartMs: Millis = 2000;
const leastFree = 268_435_456;
const soonMs: Millis = 7 * dayMs;
/** Four times what SQLite cuts it back to. */
const longLog = 268_435_456;
const retentionLagMs: Millis = 6 * 3_600_000;

/** `512 MB`, `1.5 GB`. */
export function sizeText(bytes: number): string {
  if (bytes >= 1024 ** 3) return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
  if (bytes >= 1024 ** 2) return `${Math.round(bytes / 1024 ** 2)} MB`;
  return `${Math.ceil(bytes / 1024)} kB`;
}

function spanText(ms: Millis): string {
  if (ms >= 2 * dayMs) return `${Math.floor(ms / dayMs)} days`;
  if (ms >= 7_200_000) return `${Math.floor(ms / 3_600_000)} hours`;
  if (ms >= 120_000) return `${Math.floor(ms / 60_000)} minutes`;
  return `${Math.round(ms / 1000)} s`;
}

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

const names = { sqlite: 'SQLite', postgres: 'PostgreSQL' } as const;

const restore =
  'Stop the portal, then restore the newest backup into another folder: jtp --data-dir FOLDER restore FILE';
const otherMend = 'Check that it runs, the setting database.url, and the rights of its file.';
const mends: Readonly<Record<string, string>> = {
  database_damaged: restore,
  database_gone: restore,
  database_too_old: 'Run: jtp migrate up',
  database_too_new: 'Start the newer program.',
  no_space: 'Free room on its disk.',
};

function examineDatabase({ database, trouble }: InstallationState): Finding {
  if (database === null) {
    const said = trouble === null ? '' : ` ${trouble.message}`;
    return broken('database', `It cannot be used.${said}`, mends[trouble?.code ?? ''] ?? otherMend);
  }
  const { kind, version, bytes, latencyMs } = database;
  const size = bytes === null ? '' : `, ${sizeText(bytes)}`;
  const message = `${names[kind]} ${version}${size}, answered in ${latencyMs.toFixed(1)} ms.`;
  const finding =
    latencyMs < slowMs
      ? good('database', message)
      : poor('database', message, 'Look what keeps it or its disk busy: every start of a run waits for it.');
  return { ...finding, latencyMs };
}

function examineSchema({ schema }: InstallationState): readonly Finding[] {
  if (schema === null) return [];
  const { current, latest } = schema;
  const message = `Schema ${current}; this program has ${latest}.`;
  if (current === latest) return [good('schema', `Schema ${current}, up to date.`)];
  return [poor('schema', message, current < latest ? 'Run: jtp migrate up' : 'Start the newer program.')];
}

function examineSchedulers(database: DatabaseState, { settings }: InstallationState): Finding {
  const { lineage } = database;
  if (lineage.settledAt === null)
    return poor(
      'schedulers',
      `The database changed to another server at ${formatInstant(lineage.noticedAt)}: nothing is planned or claimed until ` +
        `every worker has compared what it knows with it, ${spanText(settings.lostAfterMs)} at most.`,
      'Start workers that are down: their journals tell what they had started.',
    );
  const live = liveSchedulers(database, settings.lostAfterMs);
  const age = lastPollAge(database, settings.lostAfterMs);
  if (age !== null && age <= 3 * settings.pollIntervalMs)
    return good('schedulers', `${live.length} running, last pass ${spanText(age)} ago.`);
  const since = age === null ? 'No scheduler runs' : `The last pass was ${spanText(age)} ago`;
  return poor('schedulers', `${since}: nothing is planned.`, 'Start one: jtp start, or jtp scheduler.');
}

function examineWorkers(database: DatabaseState, { settings }: InstallationState): Finding {
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

function examineWatchdog(database: DatabaseState, { watchdog, settings }: InstallationState): readonly Finding[] {
  if (watchdog === null) return [];
  const { sentAt, error, everyMs } = watchdog;
  const age = sentAt === null ? null : Math.max(0, database.now - sentAt);
  const last = age === null ? 'Nothing was sent yet.' : `The last was sent ${spanText(age)} ago.`;
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
  const [from, to] = [formatInstant(hold.from), formatInstant(hold.to)];
  return poor(
    'clocks',
    `The clock jumped ahead from ${from} to ${to}; nothing is planned until it has been stable for five minutes.`,
    'If the new time is right, confirm it: jtp schedulers confirm-clock. If not, set the clock back.',
  );
}

function examineFolder({ folder }: InstallationState): Finding {
  const { path, usable, open, networkKind } = folder;
  if (!usable) return broken('storage', `${path} cannot be written.`, `Give this user the right to write ${path}.`);
  if (open) return poor('storage', `${path} is open to other users of this host.`, `Close it: chmod 700 ${path}`);
  return good(
    'storage',
    networkKind === null ? `${path} can be written.` : `${path} can be written; it lies on ${networkKind}.`,
  );
}

function examineDisk({ disk, wall }: InstallationState): Finding {
  if (disk === null) return poor('disk', 'Its room cannot be measured.', 'Check that the data folder is there.');
  const { freeBytes, totalBytes, fullAt } = disk;
  const forecast = fullAt === null ? '' : ` If it goes on like this it is full in ${spanText(fullAt - wall)}.`;
  const message = `${sizeText(freeBytes)} free of ${sizeText(totalBytes)}.${forecast}`;
  const soon = fullAt !== null && fullAt - wall < soonMs;
  return freeBytes < leastFree || soon
    ? poor('disk', message, 'Free some, or shorten retention.run_days; output of runs takes most.')
    : good('disk', message);
}

function examineBallast({ ballast: { state, bytes } }: InstallationState): Finding {
  const size = sizeText(bytes);
  switch (state) {
    case 'held':
      return good('ballast', `${size} are held back.`);
    case 'off':
      return good('ballast', 'None is kept: storage.ballast_mb is 0.');
    case 'spent':
      return poor(
        'ballast',
        'The disk was full and the ballast is spent: nothing new is begun until there is room.',
        `Free at least ${sizeText(2 * bytes)}; it goes on within seconds.`,
      );
    case 'absent':
      return poor(
        'ballast',
        `${size} are not held back: there is no room, or no portal, scheduler or worker runs here.`,
        `Free ${sizeText(2 * bytes)}, or set storage.ballast_mb.`,
      );
  }
}

function examineLog({ walBytes }: DatabaseState): readonly Finding[] {
  if (walBytes === null) return [];
  const message = `${sizeText(walBytes)}.`;
  return [
    walBytes < longLog
      ? good('write_ahead_log', message)
      : poor('write_ahead_log', message, 'Close what else has the database file open, such as a database browser.'),
  ];
}

function examineClocks(database: DatabaseState, { settings }: InstallationState): Finding {
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
    const who = apart.map(({ name, ms }) => `${name} is ${spanText(Math.abs(ms))} ${ms > 0 ? 'ahead' : 'behind'}`);
    return poor(
      'clocks',
      `Against the database, ${who.join(', ')}.`,
      'Keep the clocks of these hosts in step, for example with chrony.',
    );
  }
  const most = Math.max(...offsets.map(({ ms }) => Math.abs(ms)));
  return good('clocks', `${offsets.length} looked at, at most ${Math.round(most)} ms apart.`);
}

function examineLeases({ leases }: DatabaseState): Finding {
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

function examineRetention({ due, now }: DatabaseState, { settings }: InstallationState): Finding {
  const lag = due.oldestRunAt === null ? 0 : now - settings.runDays * dayMs - due.oldestRunAt;
  const count = due.runs + due.ledger + due.events + due.jobs;
  if (lag > retentionLagMs)
    return poor(
      'retention',
      `${spanText(lag)} behind: ${due.runs} runs or more should be gone.`,
      'A scheduler removes them every hour. See what would go: jtp cleanup run --dry-run',
    );
  return good('retention', count === 0 ? 'Nothing is due to go.' : `${count} rows are due to go within the hour.`);
}

function examineZones({ otherZoneData }: DatabaseState, { tzVersion }: InstallationState): Finding {
  return otherZoneData === 0
    ? good('zone_data', `${tzVersion}, and every schedule was computed with it.`)
    : poor(
        'zone_data',
        `${tzVersion}; ${otherZoneData} schedules or more were computed with other data.`,
        'A scheduler computes them anew within the hour, and at its start.',
      );
}

function examineVersions(database: DatabaseState, { version, settings }: InstallationState): Finding {
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

/** Everything that can be told from the facts, in the order of {@link examinations}. */
export function examine(state: InstallationState): readonly Finding[] {
  const { database } = state;
  const ofDatabase =
    database === null
      ? []
      : [
          examineSchedulers(database, state),
          ...examineWatchdog(database, state),
          examineWorkers(database, state),
          ...examineLog(database),
          examineClocks(database, state),
          examineDurability(database),
          examineLeases(database),
          examineRetention(database, state),
          examineZones(database, state),
          examineVersions(database, state),
        ];
  const found = [
    examineDatabase(state),
    ...examineSchema(state),
    examineFolder(state),
    examineDisk(state),
    examineBallast(state),
    ...ofDatabase,
  ];
  const order = Object.keys(examinations);
  return found.toSorted((a, b) => order.indexOf(a.check) - order.indexOf(b.check));
}

/** The worst of some findings. */
export function worstOf(findings: readonly Pick<Finding, 'status'>[]): Health {
  return (
    (['unhealthy', 'degraded'] as const).find((status) => findings.some((one) => one.status === status)) ?? 'healthy'
  );
}
