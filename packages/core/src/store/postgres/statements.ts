/** Complete texts for PostgreSQL: a batch travels as one JSON parameter, so that one prepared text serves every size. */
import { inShare } from '../sql/due-share.ts';
import { failed } from '../sql/failures.ts';
import { personLimited } from '../sql/limits.ts';
import { ofNumber, type HotStatements, type Statement } from '../sql/statement.ts';
import { auditStatements } from './audit-statements.ts';
import { knownLine } from './lineage.ts';
import { workColumns, workJoins } from './work-record.ts';

/**
 * Inserts the objects of `:rows`. JSON columns travel as text inside the JSON, so that what was written is kept to the
 * letter.
 *
 * @param columns names with types, as a recordset declares them
 */
function insertRows(table: string, columns: string, rest = ''): Statement {
  const declared = columns.split(',').map((column) => column.trim().split(' ') as [string, string]);
  const names = declared.map(([name]) => name).join(', ');
  const values = declared.map(([name, type]) => (type === 'json' ? `d.${name}::json` : `d.${name}`)).join(', ');
  const record = declared.map(([name, type]) => `${name} ${type === 'json' ? 'text' : type}`).join(', ');
  const text = `INSERT INTO ${table} (${names}) SELECT ${values} FROM json_to_recordset(:rows::json) AS d(${record}) ${rest}`;
  return { name: `insert_${table}`, text };
}

const runColumns =
  'id bigint, created_at bigint, job_id bigint, job_version int, trigger text, schedule_id bigint, due_at bigint, priority int, ' +
  'queue int, parameters json, note text, requested_by text, cause_run_id bigint, cause_created_at bigint';
const endColumns =
  'state text, reason text, attempt int, exit_code int, signal text, failure json, started_at bigint, ended_at bigint';

/**
 * Of one job, as a range, with {@link newestFirst} as the order of its index: the planner takes a single job for a few rows and
 * sorts all that it ever ran, or walks everybody's runs for one that has few. A time ends
 * no such walk, a number does.
 */
const within = (job: string): string => `job_id >= ${job} AND job_id <= ${job}`;
const newestFirst = 'job_id DESC, created_at DESC, id DESC';

/** Runs of the lines `where` says, in the order of the claims: of each level its head is enough. */
function headOf(
  columns: string,
  { where = '', due = '', first = '' }: { readonly where?: string; readonly due?: string; readonly first?: string },
): string {
  return `SELECT ${columns} FROM queues k CROSS JOIN generate_series(0, 3) AS p(priority) CROSS JOIN LATERAL (
  SELECT q.run_id, q.run_created_at, q.job_id, q.priority, q.available_at FROM queue q WHERE q.queue = k.id AND q.priority = p.priority ${due}
  ORDER BY q.available_at, q.run_id LIMIT :most) h
${where} ORDER BY ${first}CASE WHEN :step::bigint <= 0 THEN h.priority
  ELSE greatest(0, least(h.priority, h.priority - (now_ms() - h.available_at) / greatest(:step::bigint, 1))) END,
  h.available_at, h.run_id LIMIT :most`;
}

export const postgresStatements: HotStatements = {
  insertQueues: insertRows(
    'queues',
    'name text, labels text, locks text, person bigint, job bigint',
    'ON CONFLICT (name, labels, locks, person, job) DO NOTHING',
  ),
  insertRuns: insertRows('runs', runColumns),
  enqueue: insertRows(
    'queue',
    'run_id bigint, run_created_at bigint, job_id bigint, queue int, priority int, on_lost int, concurrency_key bigint, slots int, ' +
      'attempt int, fence int, available_at bigint, reason text, direct boolean',
  ),
  insertOccurrences: insertRows(
    'occurrences',
    'schedule_id bigint, due_at bigint, revision int, run_id bigint, run_created_at bigint, reason text, cause_run_id bigint, ' +
      'cause_created_at bigint, decided_at bigint',
    'ON CONFLICT (schedule_id, due_at) DO NOTHING RETURNING schedule_id, due_at',
  ),
  insertGaps: insertRows(
    'gaps',
    'schedule_id bigint, from_at bigint, to_at bigint, count bigint, reason text, decided_at bigint',
    'ON CONFLICT (schedule_id, from_at) DO NOTHING',
  ),
  ledgerHeads: {
    name: 'ledger_heads',
    text: `SELECT i.id AS schedule_id, (SELECT max(o.due_at) FROM occurrences o WHERE o.schedule_id = i.id) AS row_at,
  (SELECT g.to_at FROM gaps g WHERE g.schedule_id = i.id ORDER BY g.from_at DESC LIMIT 1) AS gap_at
FROM (SELECT value::bigint AS id FROM json_array_elements_text(:ids::json)) i`,
  },
  advance: {
    name: 'advance',
    text: `WITH mine AS MATERIALIZED (SELECT s.id, d.new_cursor, d.new_plan, d.new_next FROM schedules s
    JOIN json_to_recordset(:plan::json) AS d(id bigint, revision int, cursor_at bigint, new_cursor bigint, new_plan bigint, new_next bigint)
      ON (s.id, s.revision, s.cursor_at) = (d.id, d.revision, d.cursor_at) WHERE s.active ORDER BY s.id FOR NO KEY UPDATE OF s SKIP LOCKED)
UPDATE schedules s SET cursor_at = mine.new_cursor, plan_at = mine.new_plan, next_due_at = mine.new_next FROM mine
WHERE s.id = mine.id RETURNING s.id`,
  },
  replan: {
    name: 'replan',
    text: `UPDATE schedules s SET revision = s.revision + 1, cursor_at = d.new_cursor, plan_at = d.new_plan, next_due_at = d.new_next
FROM json_to_recordset(:plan::json) AS d(id bigint, revision int, new_cursor bigint, new_plan bigint, new_next bigint)
WHERE (s.id, s.revision) = (d.id, d.revision) RETURNING s.id`,
  },
  dueJobs: {
    name: 'due_jobs',
    text: `SELECT job_id FROM schedules WHERE plan_at IS NOT NULL AND plan_at <= :now AND active
  AND ${inShare} ORDER BY plan_at LIMIT :limit`,
  },
  appendEvents: {
    name: 'append_events',
    text: `INSERT INTO events (at, kind, run_id, run_created_at, job_id, job_created_at, actor, data)
SELECT now_ms(), d.kind, d.run_id, d.run_created_at, d.job_id,
  coalesce(d.job_created_at, (SELECT j.created_at FROM jobs j WHERE j.id = d.job_id)), d.actor, d.data::json
FROM ROWS FROM (json_to_recordset(:rows::json) AS (kind text, run_id bigint, run_created_at bigint, job_id bigint,
  job_created_at bigint, actor text, data text)) WITH ORDINALITY AS d ORDER BY d.ordinality`,
  },
  insertPastRuns: { ...insertRows('runs', `${runColumns}, ${endColumns}`), name: 'insert_past_runs' },
  insertPastAttempts: {
    ...insertRows(
      'attempts',
      'run_id bigint, run_created_at bigint, fence int, attempt int, worker_id bigint, outcome text, reason text, exit_code int, ' +
        'signal text, failure json, started_at bigint, ended_at bigint',
    ),
    name: 'insert_past_attempts',
  },
  insertPastEvents: {
    ...insertRows(
      'events',
      'at bigint, kind text, run_id bigint, run_created_at bigint, job_id bigint, job_created_at bigint, actor text, data json',
    ),
    name: 'insert_past_events',
  },
  newestRuns: ofNumber((most) => ({
    name: `newest_runs_${most}`,
    text: `SELECT n.* FROM json_array_elements_text(:jobs::json) AS j(id) CROSS JOIN LATERAL (
  SELECT r.id, r.created_at, r.job_id, r.trigger, r.state FROM runs r WHERE ${within('j.id::bigint')} AND r.state IS NOT NULL
  ORDER BY ${newestFirst} LIMIT ${most}) n`,
  })),
  failures: ofNumber((look) => ({
    name: `failures_${look}`,
    text: `SELECT f.* FROM json_to_recordset(:jobs::json) AS j(id bigint, "from" bigint) CROSS JOIN LATERAL (
  WITH looked AS MATERIALIZED (SELECT id, created_at, job_id, state, trigger, reason, failure, ended_at FROM runs
    WHERE ${within('j.id')} ORDER BY ${newestFirst} LIMIT ${look})
  (SELECT n.id, n.created_at, n.job_id, n.state, n.reason, n.failure, n.ended_at FROM looked n WHERE ${failed} AND n.created_at >= j."from"
    ORDER BY n.created_at DESC, n.id DESC LIMIT :limit)
  UNION ALL (SELECT n.id, n.created_at, n.job_id, n.state, n.reason, NULL::json, n.ended_at FROM looked n WHERE n.state = 'succeeded' AND n.created_at >= j."from"
    ORDER BY n.created_at DESC, n.id DESC LIMIT 1)) f`,
  })),
  // Run by run: a join that was planned while there were none would read all of them from then on.
  loadRuns: {
    name: 'load_runs',
    text: `SELECT r.id, r.created_at, r.job_id, k.name AS queue_name, ${workColumns}
FROM json_to_recordset(:rows::json) AS d(id bigint, created_at bigint)
CROSS JOIN LATERAL (SELECT * FROM runs r WHERE r.id = d.id AND r.created_at = d.created_at OFFSET 0) r ${workJoins}
LEFT JOIN queues k ON k.id = r.queue`,
  },
  dequeue: {
    name: 'dequeue',
    text: `DELETE FROM queue WHERE run_id = ANY(ARRAY(SELECT json_array_elements_text(:ids::json)::bigint))
RETURNING run_id, run_created_at, job_id, attempt`,
  },
  endRuns: {
    name: 'end_runs',
    text: `UPDATE runs r SET state = :state, reason = :reason, cancel_by = :by, attempt = d.attempt, ended_at = now_ms()
FROM json_to_recordset(:rows::json) AS d(id bigint, created_at bigint, attempt int) WHERE r.id = d.id AND r.created_at = d.created_at`,
  },
  noteUnsuccessful: insertRows(
    'unsuccessful',
    'state text, run_created_at bigint, run_id bigint, job_id bigint',
    'ON CONFLICT DO NOTHING',
  ),
  headOfQueue: {
    name: 'head_of_queue',
    text: headOf('h.run_id AS id, h.run_created_at AS created_at', { first: 'h.available_at > now_ms(), ' }),
  },
  lineOfQueue: {
    name: 'line_of_queue',
    text: headOf(`h.run_id, h.job_id, k.locks, ${personLimited('h')} AS person`, {
      where: 'WHERE k.name = :queue',
      due: 'AND q.available_at <= now_ms()',
    }),
  },
  report: insertRows(
    'run_reports',
    'run_id bigint, run_created_at bigint, progress json, result json',
    'ON CONFLICT (run_id) DO UPDATE SET progress = coalesce(excluded.progress, run_reports.progress), ' +
      'result = coalesce(excluded.result, run_reports.result)',
  ),
  removeRuns: [
    {
      name: 'remove_attempts',
      text: `DELETE FROM attempts a USING json_to_recordset(:rows::json) AS d(id bigint, created_at bigint)
WHERE a.run_id = d.id AND a.run_created_at = d.created_at`,
    },
    {
      name: 'remove_reports',
      text: `DELETE FROM run_reports p USING json_to_recordset(:rows::json) AS d(id bigint) WHERE p.run_id = d.id`,
    },
    {
      name: 'remove_chains',
      text: `DELETE FROM chain_members m USING json_to_recordset(:rows::json) AS d(id bigint) WHERE m.chain_id = d.id`,
    },
    {
      name: 'remove_unsuccessful',
      text: `DELETE FROM unsuccessful u USING json_to_recordset(:rows::json) AS d(id bigint, created_at bigint)
WHERE u.state IN ('failed', 'timed_out', 'cancelled', 'lost') AND u.run_created_at = d.created_at AND u.run_id = d.id`,
    },
    {
      name: 'remove_runs',
      text: `DELETE FROM runs r USING json_to_recordset(:rows::json) AS d(id bigint, created_at bigint)
WHERE r.id = d.id AND r.created_at = d.created_at`,
    },
  ],
  lockFollowers: {
    name: 'lock_followers',
    text: `WITH RECURSIVE ended(job_id) AS (SELECT job_id FROM leases WHERE run_id = ANY(ARRAY(SELECT json_array_elements_text(:ids::json)::bigint))
   UNION SELECT job_id FROM queue WHERE run_id = ANY(ARRAY(SELECT json_array_elements_text(:ids::json)::bigint))),
down(id) AS (SELECT f.job_id FROM dependencies f JOIN ended e ON e.job_id = f.upstream_id
   UNION SELECT n.job_id FROM dependencies n JOIN down ON down.id = n.upstream_id)
SELECT j.id FROM jobs j WHERE j.id IN (SELECT id FROM down) ORDER BY j.id FOR NO KEY UPDATE`,
  },
  drawIds: {
    name: 'draw_ids',
    text: `UPDATE counters SET value = value + :count WHERE name = 'id' AND EXISTS (SELECT 1 FROM ${knownLine}) RETURNING value`,
  },
  audit: auditStatements,
  now: { name: 'now', text: `SELECT now_ms() AS now` },
};
