/** Is what is kept well: the database, its schema and log, the folder, its disk, and what retention takes away. */
import type { Millis } from '../model/instant.ts';
import { spokenDuration } from '../schedule/spoken.ts';
import { broken, good, poor, type DatabaseState, type Finding, type InstallationState } from './finding.ts';

const dayMs: Millis = 86_400_000;
const slowMs: Millis = 1000;
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

export function examineDatabase({ database, trouble }: InstallationState): Finding {
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

export function examineSchema({ schema }: InstallationState): readonly Finding[] {
  if (schema === null) return [];
  const { current, latest } = schema;
  const message = `Schema ${current}; this program has ${latest}.`;
  if (current === latest) return [good('schema', `Schema ${current}, up to date.`)];
  return [poor('schema', message, current < latest ? 'Run: jtp migrate up' : 'Start the newer program.')];
}

export function examineFolder({ folder }: InstallationState): Finding {
  const { path, usable, open, networkKind } = folder;
  if (!usable) return broken('storage', `${path} cannot be written.`, `Give this user the right to write ${path}.`);
  if (open) return poor('storage', `${path} is open to other users of this host.`, `Close it: chmod 700 ${path}`);
  return good(
    'storage',
    networkKind === null ? `${path} can be written.` : `${path} can be written; it lies on ${networkKind}.`,
  );
}

export function examineDisk({ disk, wall }: InstallationState): Finding {
  if (disk === null) return poor('disk', 'Its room cannot be measured.', 'Check that the data folder is there.');
  const { freeBytes, totalBytes, fullAt } = disk;
  const forecast = fullAt === null ? '' : ` If it goes on like this it is full in ${spokenDuration(fullAt - wall)}.`;
  const message = `${sizeText(freeBytes)} free of ${sizeText(totalBytes)}.${forecast}`;
  const soon = fullAt !== null && fullAt - wall < soonMs;
  return freeBytes < leastFree || soon
    ? poor('disk', message, 'Free some, or shorten retention.run_days; output of runs takes most.')
    : good('disk', message);
}

export function examineBallast({ ballast: { state, bytes } }: InstallationState): Finding {
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

export function examineLog({ walBytes }: DatabaseState): readonly Finding[] {
  if (walBytes === null) return [];
  const message = `${sizeText(walBytes)}.`;
  return [
    walBytes < longLog
      ? good('write_ahead_log', message)
      : poor('write_ahead_log', message, 'Close what else has the database file open, such as a database browser.'),
  ];
}

export function examineRetention({ due, mostDue, now }: DatabaseState, { settings }: InstallationState): Finding {
  const atLeast = (what: string, counts: readonly number[]): string =>
    `${counts.reduce((a, b) => a + b)} ${what}${counts.some((count) => count >= mostDue) ? ' or more' : ''}`;
  const lag = due.oldestRunAt === null ? 0 : now - settings.runDays * dayMs - due.oldestRunAt;
  const counts = [due.runs, due.ledger, due.events, due.jobs];
  if (lag > retentionLagMs)
    return poor(
      'retention',
      `${spokenDuration(lag)} behind: ${atLeast('runs', [due.runs])} should be gone.`,
      'A scheduler removes them every hour. See what would go: jtp cleanup run --dry-run',
    );
  const isNothing = counts.every((count) => count === 0);
  return good(
    'retention',
    isNothing ? 'Nothing is due to go.' : `${atLeast('rows', counts)} are due to go within the hour.`,
  );
}
