/**
 * Complete texts for SQLite. What is written all the time is a text for one row, carried out for each: that costs no round
 * trip here and a third of what reading the fields out of a JSON parameter does. The others take a batch as one JSON
 * parameter, so that one text serves every size.
 */
import { inShare } from '../sql/due-share.ts';
import { failed } from '../sql/failures.ts';
import { personLimited } from '../sql/limits.ts';
import { ofNumber, type HotStatements, type Statement } from '../sql/statement.ts';

/** `value ->> 'name'` for each name: a JSON object as a row. */
function fields(names: string): string {
  return names
    .split(',')
    .map((name) => `value ->> '${name.trim()}'`)
    .join(', ');
}

/** Inserts the objects of `:rows`. */
function insertRows(table: string, names: string, rest = ''): Statement {
  const text = `INSERT INTO ${table} (${names}) SELECT ${fields(names)} FROM json_each(:rows) WHERE true ${rest}`;
  return { name: `insert_${table}`, text };
}

/** Inserts one row. */
function insertRow(table: string, names: string, rest = ''): Statement {
  const each = names.split(',').map((name) => name.trim());
  const text = `INSERT INTO ${table} (${names}) VALUES (${each.map(() => '?').join(', ')}) ${rest}`;
  return { name: `insert_${table}`, text, each };
}

const runColumns =
  'id, created_at, job_id, job_version, trigger, schedule_id, due_at, priority, queue, parameters, note, requested_by, ' +
  'cause_run_id, cause_created_at';
const endColumns = 'state, reason, attempt, exit_code, signal, failure, started_at, ended_at';
const queueColumns =
  'run_id, run_created_at, job_id, queue, priority, on_lost, concurrency_key, slots, attempt, fence, available_at, reason, direct';

/** Runs of the lines `where` says, in the order of the claims: of each level its head is enough. */
function headOf(
  columns: string,
  { where = '', due = '', first = '' }: { readonly where?: string; readonly due?: string; readonly first?: string },
): string {
  return `SELECT ${columns}
FROM queues k, json_each('[0,1,2,3]') p CROSS JOIN queue q ON q.run_id IN
(SELECT h.run_id FROM queue h WHERE h.queue = k.id AND h.priority = p.value ${due} ORDER BY h.available_at, h.run_id LIMIT :most)
${where} ORDER BY ${first}CASE WHEN :step <= 0 THEN q.priority
  ELSE max(0, min(q.priority, q.priority - (now_ms() - q.available_at) / :step)) END, q.available_at, q.run_id LIMIT :most`;
}

export const sqliteStatements: HotStatements = {
  insertQueues: insertRows(
    'queues',
    'name, labels, locks, person, job',
    'ON CONFLICT (name, labels, locks, person, job) DO NOTHING',
  ),
  insertRuns: insertRow('runs', runColumns),
  enqueue: insertRow('queue', queueColumns),
  insertOccurrences: insertRow(
    'occurrences',
    'schedule_id, due_at, revision, run_id, run_created_at, reason, cause_run_id, cause_created_at, decided_at',
    'ON CONFLICT (schedule_id, due_at) DO NOTHING RETURNING schedule_id, due_at',
  ),
  insertGaps: insertRows(
    'gaps',
    'schedule_id, from_at, to_at, count, reason, decided_at',
    'ON CONFLICT (schedule_id, from_at) DO NOTHING',
  ),
  ledgerHeads: {
    name: 'ledger_heads',
    text: `SELECT i.value AS schedule_id, (SELECT max(o.due_at) FROM occurrences o WHERE o.schedule_id = i.value) AS row_at,
  (SELECT g.to_at FROM gaps g WHERE g.schedule_id = i.value ORDER BY g.from_at DESC LIMIT 1) AS gap_at FROM json_each(:ids) i`,
  },
  advance: {
    name: 'advance',
    text: `UPDATE schedules SET cursor_at = value ->> 'new_cursor', plan_at = value ->> 'new_plan', next_due_at = value ->> 'new_next'
FROM json_each(:plan) WHERE active AND schedules.id = value ->> 'id' AND revision = value ->> 'revision'
  AND cursor_at = value ->> 'cursor_at' RETURNING schedules.id`,
  },
  replan: {
    name: 'replan',
    text: `UPDATE schedules SET revision = revision + 1, cursor_at = value ->> 'new_cursor', plan_at = value ->> 'new_plan',
  next_due_at = value ->> 'new_next'
FROM json_each(:plan) WHERE schedules.id = value ->> 'id' AND revision = value ->> 'revision' RETURNING schedules.id`,
  },
  dueJobs: {
    name: 'due_jobs',
    text: `SELECT job_id FROM schedules WHERE plan_at IS NOT NULL AND plan_at <= :now AND active
  AND ${inShare} ORDER BY plan_at LIMIT :limit`,
  },
  appendEvents: {
    name: 'append_events',
    text: `INSERT INTO events (at, kind, run_id, run_created_at, job_id, job_created_at, actor, data)
VALUES (now_ms(), ?1, ?2, ?3, ?4, coalesce(?5, (SELECT created_at FROM jobs WHERE jobs.id = ?4)), ?6, ?7)`,
    each: ['kind', 'run_id', 'run_created_at', 'job_id', 'job_created_at', 'actor', 'data'],
  },
  insertPastRuns: { ...insertRows('runs', `${runColumns}, ${endColumns}`), name: 'insert_past_runs' },
  insertPastAttempts: {
    ...insertRows(
      'attempts',
      'run_id, run_created_at, fence, attempt, worker_id, outcome, reason, exit_code, signal, failure, started_at, ended_at',
    ),
    name: 'insert_past_attempts',
  },
  insertPastEvents: {
    ...insertRows('events', 'at, kind, run_id, run_created_at, job_id, job_created_at, actor, data'),
    name: 'insert_past_events',
  },
  newestRuns: ofNumber((most) => ({
    name: `newest_runs_${most}`,
    text: `SELECT r.id, r.created_at, r.job_id, r.trigger, r.state FROM json_each(:jobs) j JOIN runs r ON r.id IN
(SELECT n.id FROM runs n WHERE n.job_id = j.value AND n.state IS NOT NULL ORDER BY n.created_at DESC, n.id DESC LIMIT ${most})`,
  })),
  failures: ofNumber((look) => ({
    name: `failures_${look}`,
    text: `SELECT r.id, r.created_at, r.job_id, r.state, r.reason, r.failure, r.ended_at FROM json_each(:jobs) j JOIN runs r ON r.id IN
(SELECT n.id FROM (SELECT id, created_at, state, trigger FROM runs WHERE job_id = j.value ->> 'id' AND created_at >= j.value ->> 'from'
  ORDER BY created_at DESC, id DESC LIMIT ${look}) n WHERE ${failed} ORDER BY n.created_at DESC, n.id DESC LIMIT :limit)
OR r.id = (SELECT n.id FROM (SELECT id, created_at, state FROM runs WHERE job_id = j.value ->> 'id' AND created_at >= j.value ->> 'from'
  ORDER BY created_at DESC, id DESC LIMIT ${look}) n WHERE n.state = 'succeeded' ORDER BY n.created_at DESC, n.id DESC LIMIT 1)`,
  })),
  loadRuns: {
    name: 'load_runs',
    text: `SELECT r.id, r.created_at, r.job_id, r.job_version, r.trigger, r.schedule_id, r.due_at, r.priority,
  k.name AS queue_name, r.parameters, r.note, r.requested_by, r.cause_run_id, r.cause_created_at, r.cancel_requested_at,
  r.cancel_reason, j.name AS job_name, j.created_at AS job_created_at, j.failing_since, j.breaker_opened_at, s.created_at AS schedule_created_at
FROM json_each(:rows) d JOIN runs r ON r.id = d.value ->> 'id' AND r.created_at = d.value ->> 'created_at'
LEFT JOIN jobs j ON j.id = r.job_id LEFT JOIN schedules s ON s.id = r.schedule_id LEFT JOIN queues k ON k.id = r.queue`,
  },
  dequeue: {
    name: 'dequeue',
    text: `DELETE FROM queue WHERE run_id IN (SELECT value FROM json_each(:ids)) RETURNING run_id, run_created_at, job_id, attempt`,
  },
  endRuns: {
    name: 'end_runs',
    text: `UPDATE runs SET state = :state, reason = :reason, cancel_by = :by, attempt = value ->> 'attempt', ended_at = now_ms()
FROM json_each(:rows) WHERE runs.id = value ->> 'id' AND runs.created_at = value ->> 'created_at'`,
  },
  noteUnsuccessful: insertRow('unsuccessful', 'state, run_created_at, run_id, job_id', 'ON CONFLICT DO NOTHING'),
  headOfQueue: {
    name: 'head_of_queue',
    text: headOf('q.run_id AS id, q.run_created_at AS created_at', { first: 'q.available_at > now_ms(), ' }),
  },
  lineOfQueue: {
    name: 'line_of_queue',
    text: headOf(`q.run_id, q.job_id, k.locks, ${personLimited('q')} AS person`, {
      where: 'WHERE k.name = :queue',
      due: 'AND h.available_at <= now_ms()',
    }),
  },
  report: insertRow(
    'run_reports',
    'run_id, run_created_at, progress, result',
    'ON CONFLICT (run_id) DO UPDATE SET progress = coalesce(excluded.progress, progress), result = coalesce(excluded.result, result)',
  ),
  removeRuns: [
    {
      name: 'remove_attempts',
      text: `DELETE FROM attempts WHERE run_id IN (SELECT value ->> 'id' FROM json_each(:rows))`,
    },
    {
      name: 'remove_reports',
      text: `DELETE FROM run_reports WHERE run_id IN (SELECT value ->> 'id' FROM json_each(:rows))`,
    },
    {
      name: 'remove_chains',
      text: `DELETE FROM chain_members WHERE chain_id IN (SELECT value ->> 'id' FROM json_each(:rows))`,
    },
    {
      name: 'remove_unsuccessful',
      text: `DELETE FROM unsuccessful WHERE (state, run_created_at, run_id) IN (SELECT s.value, d.value ->> 'created_at', d.value ->> 'id'
  FROM json_each(:rows) d, json_each('["failed","timed_out","cancelled","lost"]') s)`,
    },
    {
      name: 'remove_runs',
      text: `DELETE FROM runs WHERE (id, created_at) IN (SELECT value ->> 'id', value ->> 'created_at' FROM json_each(:rows))`,
    },
  ],
  lockFollowers: {
    name: 'lock_followers',
    text: `WITH RECURSIVE ended(job_id) AS (SELECT job_id FROM leases WHERE run_id IN (SELECT value FROM json_each(:ids))
   UNION SELECT job_id FROM queue WHERE run_id IN (SELECT value FROM json_each(:ids))),
down(id) AS (SELECT f.job_id FROM dependencies f JOIN ended e ON e.job_id = f.upstream_id
   UNION SELECT n.job_id FROM dependencies n JOIN down ON down.id = n.upstream_id)
SELECT j.id FROM jobs j WHERE j.id IN (SELECT id FROM down) ORDER BY j.id`,
  },
  drawIds: {
    name: 'draw_ids',
    text: `UPDATE counters SET value = value + :count WHERE name = 'id' RETURNING value`,
  },
  now: { name: 'now', text: `SELECT now_ms() AS now` },
};
