/**
 * What somebody who does not see everything reads. Each table stands behind a view of its name that holds only rows of
 * jobs they see, put before the query as `WITH`: no query has to think of it, none can forget it, and a count counts what
 * a list shows. Without a sight nothing of this is there.
 */
import type { Session } from './session.ts';

type Kind = Session['kind'];

/** Where the number of who looks is put in. */
const viewer = ':viewer';

const seenJobs = `(SELECT g.job_id FROM job_grants g WHERE g.grantee_id IN
  (SELECT ${viewer} UNION ALL SELECT 0 UNION ALL SELECT m.team_id FROM team_members m WHERE m.person_id = ${viewer}))`;

/** Facts about the installation that are nobody's. */
const commonEvents = [
  'worker.drained',
  'worker.paused',
  'worker.resumed',
  'worker.removed',
  'worker.unhealthy',
  'worker.healthy',
  'clock.held',
  'clock.jumped',
  'clock.went_back',
  'clock.confirmed',
  'queue.paused',
  'queue.resumed',
];
const commonAlerts = ['no_worker', 'scheduler_silent', 'worker_lost', 'worker_unhealthy', 'disk_full'];
const listed = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ');

/** The end of a monitor's outside id, which an alert about it carries. */
const monitorEnd: Readonly<Record<Kind, string>> = {
  sqlite: `printf('%012x', m.id)`,
  postgres: `lpad(to_hex(m.id), 12, '0')`,
};

const schedulesSeen = `(SELECT h.schedule_id FROM @schedule_jobs h WHERE h.job_id IN ${seenJobs})`;
const ofSeenRun = `EXISTS (SELECT 1 FROM @runs r WHERE r.id = t.run_id AND r.created_at = t.run_created_at AND r.job_id IN ${seenJobs})`;
/** Of an item of attention: a job it touches is not theirs to see. */
const isMixed = `EXISTS (SELECT 1 FROM @attention_jobs o WHERE o.item_id = t.id AND o.job_id NOT IN ${seenJobs})`;
const whole = (column: string, otherwise: string): string =>
  `CASE WHEN ${isMixed} THEN ${otherwise} ELSE t.${column} END AS ${column}`;
const jobsSeenOf = (what: string): string =>
  `(SELECT ${what} FROM @attention_jobs o WHERE o.item_id = t.id AND o.job_id IN ${seenJobs})`;

/** An item that also touches jobs of others tells of those one sees, and nothing of what the others said. */
const attentionItems = `SELECT t.id, t.created_at, t.fingerprint, t.kind, t.severity, t.category,
  ${whole('title', `'Jobs fail for a cause they share'`)}, ${whole('evidence', `''`)}, t.spell, t.since_at, t.seen_at,
  ${whole('times', `CAST(${jobsSeenOf('sum(o.times)')} AS bigint)`)}, ${whole('jobs', jobsSeenOf('count(*)'))},
  ${whole('in_a_row', jobsSeenOf('max(o.in_a_row)'))}, ${whole('job_id', 'NULL')},
  ${whole('job_created_at', 'NULL')}, ${whole('run_id', 'NULL')}, ${whole('run_created_at', 'NULL')}, t.alert_id, t.owner_id, ${whole('note', 'NULL')},
  t.acknowledged_at, t.acknowledged_by, t.snoozed_until, t.resolved_at, t.ended_at, t.ended_by, ${whole('ended_how', 'NULL')}
  FROM @attention_items t WHERE EXISTS (SELECT 1 FROM @attention_jobs o WHERE o.item_id = t.id AND o.job_id IN ${seenJobs})
  OR t.alert_id IN (SELECT a.id FROM alerts a)`;

const where = (table: string, condition: string): string => `SELECT t.* FROM @${table} t WHERE ${condition}`;
const ofSeenJob = (table: string): string => where(table, `t.job_id IN ${seenJobs}`);

/**
 * Runs are found by what a query names, and each found one is asked for its job. Left to themselves SQLite would begin with
 * the jobs that somebody sees and read all their runs, for each row of what it joins, and PostgreSQL would read the whole
 * record to join it with these jobs: the sign, and the test of a truth, take these ways from them.
 */
const ofSeenRuns: Readonly<Record<Kind, string>> = {
  sqlite: `+t.job_id IN ${seenJobs}`,
  postgres: `(t.job_id IN ${seenJobs}) IS TRUE`,
};

/** In an order in which each may read the ones before. `@name` is the table itself. */
const viewsFor = (kind: Kind): Readonly<Record<string, string>> => ({
  jobs: where('jobs', `t.id IN ${seenJobs}`),
  job_versions: ofSeenJob('job_versions'),
  job_tags: ofSeenJob('job_tags'),
  schedules: ofSeenJob('schedules'),
  schedule_jobs: ofSeenJob('schedule_jobs'),
  schedule_calendars: where('schedule_calendars', `t.schedule_id IN ${schedulesSeen}`),
  occurrences: where('occurrences', `t.schedule_id IN ${schedulesSeen}`),
  gaps: where('gaps', `t.schedule_id IN ${schedulesSeen}`),
  runs: where('runs', ofSeenRuns[kind]),
  attempts: where('attempts', ofSeenRun),
  run_reports: where('run_reports', ofSeenRun),
  queue: ofSeenJob('queue'),
  leases: ofSeenJob('leases'),
  unsuccessful: ofSeenJob('unsuccessful'),
  artifacts: ofSeenJob('artifacts'),
  hooks: ofSeenJob('hooks'),
  dependencies: where('dependencies', `t.job_id IN ${seenJobs} AND t.upstream_id IN ${seenJobs}`),
  chain_members: ofSeenJob('chain_members'),
  run_tallies: ofSeenJob('run_tallies'),
  end_tallies: where('end_tallies', '1 = 0'),
  events: where('events', `(t.job_id IN ${seenJobs} OR (t.job_id IS NULL AND t.kind IN (${listed(commonEvents)})))`),
  monitors: where('monitors', `t.owner_id = ${viewer}`),
  monitor_pings: where('monitor_pings', `t.monitor_id IN (SELECT m.id FROM @monitors m WHERE m.owner_id = ${viewer})`),
  alerts: where(
    'alerts',
    `(t.job_id IN ${seenJobs} OR (t.job_id IS NULL AND t.run_id IS NULL AND t.kind IN (${listed(commonAlerts)}))
      OR (t.kind = 'monitor_down' AND substr(t.fingerprint, length(t.fingerprint) - 11) IN
        (SELECT ${monitorEnd[kind]} FROM @monitors m WHERE m.owner_id = ${viewer})))`,
  ),
  attention_items: attentionItems,
  attention_jobs: ofSeenJob('attention_jobs'),
  attention_runs: ofSeenJob('attention_runs'),
  calendar_feeds: where('calendar_feeds', `t.person_id = ${viewer}`),
  tallies: where('tallies', '1 = 0'),
  worker_hours: where('worker_hours', '1 = 0'),
  secrets: where(
    'secrets',
    `(t.scope = 'installation' OR (t.scope = 'person' AND t.owner_id = ${viewer}) OR (t.scope = 'job' AND t.owner_id IN ${seenJobs}))`,
  ),
  secret_uses: ofSeenJob('secret_uses'),
  webhooks: where('webhooks', '1 = 0'),
  webhook_deliveries: where('webhook_deliveries', '1 = 0'),
  // The tables themselves, for lists that look through stretches of them and then ask who sees what.
  every_run: 'SELECT t.* FROM @runs t',
  every_event: 'SELECT t.* FROM @events t',
  // Of a name, whose secret a job takes; nothing else is told of it.
  every_secret: 'SELECT t.* FROM @secrets t',
  seen_jobs: `SELECT DISTINCT s.job_id FROM ${seenJobs} s`,
});

interface View {
  readonly name: string;
  readonly mentioned: RegExp;
  readonly text: string;
  readonly reads: readonly string[];
}

function viewsOf(kind: Kind): readonly View[] {
  // A view would be read again where SQLite finds its own name; PostgreSQL finds the table, as none is recursive.
  const place = kind === 'sqlite' ? 'main.' : '';
  return Object.entries(viewsFor(kind)).map(([name, text]) => ({
    name,
    mentioned: new RegExp(`\\b${name}\\b`),
    text: text.replaceAll('@', place),
    reads: name === 'attention_items' ? ['alerts'] : [],
  }));
}

const views: Readonly<Record<Kind, readonly View[]>> = { sqlite: viewsOf('sqlite'), postgres: viewsOf('postgres') };
const known: Readonly<Record<Kind, Map<string, string>>> = { sqlite: new Map(), postgres: new Map() };
/** Texts are few, but for lists of numbers that they are made with. */
const mostKnown = 500;

function prefixOf(kind: Kind, text: string): string | null {
  const named = new Set(views[kind].filter(({ mentioned }) => mentioned.test(text)).map(({ name }) => name));
  for (const { name, reads } of views[kind]) if (named.has(name)) for (const read of reads) named.add(read);
  const needed = orderOf(kind).filter(({ name }) => named.has(name));
  if (needed.length === 0) return null;
  return needed.map((view) => `${view.name} AS NOT MATERIALIZED (${view.text})`).join(', ');
}

/**
 * On PostgreSQL a view is read under its own name by all that follow it: those that read tables stand before the views
 * of these tables.
 */
function orderOf(kind: Kind): readonly View[] {
  return kind === 'sqlite' ? views[kind] : postgresOrder;
}

/** `schedule_jobs`, `runs`, `monitors`, `attention_jobs` and `attention_items` are read as tables by others: they come last. */
const readByOthers = ['jobs', 'schedule_jobs', 'runs', 'monitors', 'events', 'attention_items', 'attention_jobs'];
const postgresOrder: readonly View[] = [
  ...views.postgres.filter(({ name }) => !readByOthers.includes(name)),
  ...views.postgres
    .filter(({ name }) => readByOthers.includes(name))
    .toSorted((a, b) => readByOthers.indexOf(a.name) - readByOthers.indexOf(b.name)),
];

/**
 * The text with the views it reads through. Who looks stands in it as `:viewer`.
 *
 * @returns null for a text that reads no table of anybody's
 */
export function throughViews(kind: Kind, text: string): string | null {
  const before = known[kind].get(text);
  if (before !== undefined) return before === '' ? null : before;
  const made = prefixed(kind, text);
  if (known[kind].size >= mostKnown) known[kind].clear();
  known[kind].set(text, made ?? '');
  return made;
}

function prefixed(kind: Kind, text: string): string | null {
  const prefix = prefixOf(kind, text);
  if (prefix === null) return null;
  const own = text.trimStart();
  const begins = /^with\s+(recursive\s+)?/i.exec(own);
  if (begins === null) return `WITH ${prefix} ${own}`;
  // There a recursive query would take a view for itself.
  if (kind === 'postgres' && begins[1] !== undefined) return `WITH ${prefix} SELECT * FROM (${own}) AS answer`;
  return `WITH ${begins[1] ?? ''}${prefix}, ${own.slice(begins[0].length)}`;
}
