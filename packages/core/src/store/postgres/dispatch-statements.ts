/** T2, T3 and T5 of the contract for PostgreSQL, one statement each: one round trip, one commit. */
import { hasRoom } from '../sql/has-room.ts';
import type { Statement } from '../sql/statement.ts';
import { fencesPerLineage, knownLine } from './lineage.ts';
import { workColumns, workJoins } from './work-record.ts';

const travelling = 'run_id, run_created_at, job_id, queue, priority, on_lost, concurrency_key, slots, direct';
/** The database's time, read once and not once a row. */
const clock = 'clock AS MATERIALIZED (SELECT now_ms() AS now)';
const now = '(SELECT now FROM clock)';
const held = 'json_to_recordset(:held::json) AS d(run_id bigint, fence int)';
/** Joined to what is held alone, leases would be read from end to end, with all that died in them since they were vacuumed. */
const ofHeld = `l.run_id = ANY(ARRAY(SELECT d.run_id FROM ${held}))`;

/** Of a worker that takes runs. */
const lives = `EXISTS (SELECT 1 FROM workers w WHERE w.id = :worker AND w.incarnation = :incarnation AND w.lost_at IS NULL
  AND NOT w.draining AND w.paused_at IS NULL)`;

const before = 'q.queue = m.queue AND q.priority = m.priority AND (q.available_at, q.run_id) <= (m.at, m.run)';

/** The keys of the runs before a mark. They are asked for once: while the runs are the same, so are they. */
const keys = `CASE WHEN m.passed = '' THEN (SELECT coalesce(array_agg(DISTINCT q.concurrency_key), '{}') FROM queue q
    WHERE ${before} AND q.concurrency_key IS NOT NULL) ELSE m.keys END`;

/**
 * What decides that none of the runs before a mark can be claimed: which they are, which leases hold a slot of one of their keys,
 * whether this worker claims at all, and which line of history is settled. Who waits here never gets another key or other slots.
 * Sums of numbers that are drawn one after the other meet; sums of their hashes do not.
 */
const passed = `(SELECT concat_ws(' ', count(*), sum(hashint8extended(q.run_id, 0)), ${lives}, (SELECT max(number) FROM lineages WHERE settled_at IS NOT NULL),
    (SELECT concat_ws(' ', count(*), sum(hashint8extended(l.run_id, l.fence))) FROM leases l WHERE l.concurrency_key = ANY(m.keys)))
  FROM queue q WHERE ${before})`;

/** Which lines of these queues have a run to claim behind their marks, and how long its head has waited. */
export const lines: Statement = {
  name: 'lines',
  text: `WITH given AS MATERIALIZED (SELECT m.queue, m.priority, m.at, m.run, m.passed, ${keys} AS keys
  FROM json_to_recordset(:marks::json) AS m(queue int, priority int, at bigint, run bigint, passed text, keys bigint[])),
marked AS MATERIALIZED (SELECT m.queue, m.priority, m.at, m.run, m.passed AS known, m.keys, CASE WHEN m.passed IS NOT NULL THEN ${passed} END AS passed
  FROM given m),
heads AS MATERIALIZED (SELECT k.id AS queue, k.name, k.labels, k.locks, k.person, p.priority,
    (SELECT q.available_at FROM queue q WHERE q.queue = k.id AND q.priority = p.priority
      AND (q.available_at, q.run_id) > (coalesce(m.at, 0), coalesce(m.run, 0)) ORDER BY q.available_at, q.run_id LIMIT 1) AS head, now_ms() AS now,
    CASE WHEN k.job > 0 THEN (SELECT q.slots FROM queue q WHERE q.queue = k.id AND q.priority = p.priority LIMIT 1)
      - (SELECT count(*) FROM leases l WHERE l.concurrency_key = k.job) END AS room,
    (SELECT count(*) FROM limits) AS limits, n.passed, CASE WHEN n.known IS NOT NULL THEN n.at END AS passed_at,
    CASE WHEN n.known = '' THEN to_json(n.keys) END AS keys
  FROM queues k CROSS JOIN generate_series(0, 3) AS p(priority)
  LEFT JOIN marked n ON n.queue = k.id AND n.priority = p.priority
  LEFT JOIN LATERAL (SELECT n.at, n.run WHERE n.known IS NULL OR n.known = n.passed) AS m ON true
  WHERE k.name IN (SELECT json_array_elements_text(:names::json)))
SELECT *, (SELECT max(q.available_at) FROM queue q WHERE q.queue = heads.queue AND q.priority = heads.priority) AS tail
FROM heads WHERE head <= now_ms()`,
};

const leased = `${travelling}, attempt, fence, slot, worker_id, incarnation, phase, claimed_at, started_at`;

/** Above all that the run had, and above all of former lines of history. */
const nextFence = (row: string): string => `greatest(${row}.fence, (SELECT base FROM era)) + 1`;

/** A row of the queue as the lease it becomes. A direct run's claim is its intent, too. */
function leaseOf(row: string, slot: string): string {
  const own = travelling.replaceAll(/[a-z_]+/g, (name) => `${row}.${name}`);
  return `${own}, ${row}.attempt, ${nextFence(row)}, ${slot}, :worker::bigint, :incarnation::bigint,
    CASE WHEN ${row}.direct THEN 'starting' ELSE 'claimed' END, ${now}, CASE WHEN ${row}.direct THEN ${now} END`;
}

/**
 * Held to the end of the transaction by whoever claims what is limited beyond its job: what it counts stays true until its
 * leases can be counted by the next. Runs without such a limit never come here.
 */
export const claimAlone: Statement = {
  name: 'claim_alone',
  text: `SELECT pg_advisory_xact_lock(hashtext('jtp.limits'), hashtext(current_schema()))`,
};

/**
 * T2. What another claimer took first simply stays queued; one order for all, so that none waits in a circle. The fence
 * round `picked` keeps the planner from locking more rows than it takes. Only runs with a key can meet one another in the
 * leases: an insert that provides for it writes each row twice. Nothing here is joined to a table that is full and empty
 * in turns: who joins is planned by what was there when rows were counted last, and 500 runs were each looked for among
 * all leases. A subquery of its own, or an array, leaves no way but the key. The free slots of a key are looked up once,
 * at its first run, and handed on from there: joined to the runs, the planner believed in one row and compared all with
 * all. A direct run comes with its record, as it begins at once. Nothing is claimed from a database that is on another
 * line of history than the one noted last, or while workers compare; and no fence of the former one comes again.
 */
export const claim: Statement = {
  name: 'claim',
  text: `WITH ${clock},
era AS MATERIALIZED (SELECT (l.number - 1) * ${fencesPerLineage} AS base FROM ${knownLine} AND l.settled_at IS NOT NULL),
picked AS MATERIALIZED (SELECT * FROM queue q WHERE queue = :queue AND priority = :priority AND available_at <= now_ms() - :aged::bigint
     AND (available_at, run_id) > (:at::bigint, :run::bigint)
     AND EXISTS (SELECT 1 FROM era)
     AND ${hasRoom}
   ORDER BY available_at, run_id LIMIT :free FOR UPDATE SKIP LOCKED),
plain AS (INSERT INTO leases (${leased}) SELECT ${leaseOf('p', 'NULL::int')} FROM picked p
   WHERE concurrency_key IS NULL AND ${lives} AND (SELECT l.run_id FROM leases l WHERE l.run_id = p.run_id) IS NULL
   RETURNING run_id),
ranked AS (SELECT p.*, row_number() OVER (PARTITION BY concurrency_key ORDER BY available_at, run_id) AS nth,
    max(slots) OVER (PARTITION BY concurrency_key) AS most FROM picked p WHERE concurrency_key IS NOT NULL),
spaces AS MATERIALIZED (SELECT r.*, CASE WHEN nth = 1 AND most > 1
    THEN ARRAY(SELECT n.slot FROM generate_series(0, most - 1) AS n(slot) WHERE NOT EXISTS (
      SELECT 1 FROM leases l WHERE l.concurrency_key = r.concurrency_key AND l.slot = n.slot) LIMIT :free)
    ELSE ARRAY[0] END AS free FROM ranked r),
placed AS MATERIALIZED (SELECT s.*, (first_value(free) OVER (PARTITION BY concurrency_key ORDER BY nth))[nth] AS place FROM spaces s),
keyed AS (INSERT INTO leases (${leased}) SELECT ${leaseOf('r', 'r.place')} FROM placed r
   WHERE place < slots AND ${lives} ORDER BY concurrency_key, place ON CONFLICT DO NOTHING RETURNING run_id),
won AS (SELECT run_id FROM plain UNION ALL SELECT run_id FROM keyed),
taken AS (DELETE FROM queue q WHERE q.run_id = ANY(ARRAY(SELECT run_id FROM won))
  RETURNING q.run_id, ${nextFence('q')} AS fence, q.attempt, q.run_created_at, q.job_id, q.on_lost, q.available_at, q.direct, q.slots)
SELECT t.*, :name::text AS queue_name, (SELECT count(*) FROM picked) AS picked, ${workColumns} FROM taken t
LEFT JOIN LATERAL (SELECT * FROM runs r WHERE r.id = t.run_id AND r.created_at = t.run_created_at OFFSET 0) r ON t.direct ${workJoins}`,
};

/**
 * Written so that the planner cannot guess how few rows it leaves: told of equalities, it believed in one, and compared
 * each lease of a batch with each row of the parameter.
 */
const inPhase = (phase: string): string =>
  `CASE WHEN l.incarnation = :incarnation AND l.phase = '${phase}' THEN true END`;

/** T3 for a whole batch: a phase is a new row, so that the old one dies at once and no index is updated. */
export const intend: Statement = {
  name: 'intend',
  text: `WITH mine AS (DELETE FROM leases l USING ${held}
   WHERE ${ofHeld} AND l.run_id = d.run_id AND l.fence = d.fence AND ${inPhase('claimed')} RETURNING l.*)
INSERT INTO leases (${travelling}, attempt, fence, slot, worker_id, incarnation, phase, claimed_at, started_at)
SELECT ${travelling}, attempt, fence, slot, worker_id, incarnation, 'starting', claimed_at, now_ms() FROM mine RETURNING run_id, fence`,
};

export const markRunning: Statement = {
  name: 'mark_running',
  text: `WITH mine AS (DELETE FROM leases l USING ${held}
   WHERE ${ofHeld} AND l.run_id = d.run_id AND l.fence = d.fence AND ${inPhase('starting')} RETURNING l.*)
INSERT INTO leases (${travelling}, attempt, fence, slot, worker_id, incarnation, phase, claimed_at, started_at)
SELECT ${travelling}, attempt, fence, slot, worker_id, incarnation, 'running', claimed_at, started_at FROM mine`,
};

/** T5, a batch of any outcomes. The deleted lease is the right to write everything else. */
export const finish: Statement = {
  name: 'finish',
  text: `WITH ${clock},
done AS (SELECT * FROM json_to_recordset(:done::json) AS d(run_id bigint, fence int, outcome text, state text, reason text,
  why text, exit_code int, signal text, failure text, result text, retry_at bigint, keep boolean, tree json, born bigint)),
gone AS (DELETE FROM leases l USING done d WHERE l.run_id = ANY(ARRAY(SELECT run_id FROM done)) AND l.run_id = d.run_id AND l.fence = d.fence RETURNING l.*, d.outcome, d.state, d.reason,
  d.why, d.exit_code, d.signal, d.failure, d.result, d.retry_at, d.keep, d.tree, d.born),
tried AS (INSERT INTO attempts (run_id, run_created_at, attempt, fence, worker_id, outcome, reason, exit_code, signal, failure,
    started_at, ended_at)
  SELECT run_id, run_created_at, attempt, fence, worker_id, outcome, why, exit_code, signal, failure::json, started_at, ${now} FROM gone),
ended AS (UPDATE runs r SET state = g.state, reason = g.reason, exit_code = g.exit_code, signal = g.signal, failure = g.failure::json,
    attempt = g.attempt, worker_id = g.worker_id, started_at = g.started_at, ended_at = ${now}
  FROM gone g WHERE r.id = g.run_id AND r.created_at = g.run_created_at AND g.retry_at IS NULL),
missed AS (INSERT INTO unsuccessful (state, run_created_at, run_id, job_id) SELECT state, run_created_at, run_id, job_id FROM gone
  WHERE retry_at IS NULL AND state <> 'succeeded' ON CONFLICT DO NOTHING),
again AS (INSERT INTO queue (${travelling}, attempt, fence, available_at, reason)
  SELECT ${travelling}, CASE WHEN keep THEN attempt ELSE attempt + 1 END, fence, retry_at, reason FROM gone WHERE retry_at IS NOT NULL),
reported AS (INSERT INTO run_reports (run_id, run_created_at, result) SELECT run_id, run_created_at, result::json FROM gone
  WHERE result IS NOT NULL ON CONFLICT (run_id) DO UPDATE SET result = excluded.result),
told AS (INSERT INTO events (at, kind, run_id, run_created_at, job_id, job_created_at, data)
  SELECT ${now}, CASE WHEN g.retry_at IS NULL AND g.state IS NOT NULL THEN 'run.' || g.state ELSE 'attempt.' || g.outcome END,
    g.run_id, g.run_created_at, g.job_id, coalesce(g.born, (SELECT j.created_at FROM jobs j WHERE j.id = g.job_id)),
    json_build_object('attempt', g.attempt, 'outcome', g.outcome, 'reason', g.why, 'exit_code', g.exit_code, 'tree', g.tree) FROM gone g)
SELECT run_id FROM gone`,
};

/**
 * The same for successes of which there is nothing more to tell: they travel as three arrays, which the server reads ten times
 * faster than objects, and the deleted rows carry no column that would be NULL in all of them.
 */
export const finishPlain: Statement = {
  name: 'finish_plain',
  text: `WITH ${clock},
gone AS (DELETE FROM leases l USING unnest(:ids::bigint[], :fences::int[], :born::bigint[]) AS d(run_id, fence, born)
  WHERE l.run_id = d.run_id AND l.fence = d.fence
  RETURNING l.run_id, l.run_created_at, l.job_id, l.attempt, l.fence, l.worker_id, l.started_at, d.born),
tried AS (INSERT INTO attempts (run_id, run_created_at, attempt, fence, worker_id, outcome, started_at, ended_at)
  SELECT run_id, run_created_at, attempt, fence, worker_id, 'succeeded', started_at, ${now} FROM gone),
ended AS (UPDATE runs r SET state = 'succeeded', reason = NULL, exit_code = NULL, signal = NULL, failure = NULL,
    attempt = g.attempt, worker_id = g.worker_id, started_at = g.started_at, ended_at = ${now}
  FROM gone g WHERE r.id = g.run_id AND r.created_at = g.run_created_at),
told AS (INSERT INTO events (at, kind, run_id, run_created_at, job_id, job_created_at, data)
  SELECT ${now}, 'run.succeeded', run_id, run_created_at, job_id, coalesce(born, (SELECT j.created_at FROM jobs j WHERE j.id = gone.job_id)),
    ('{"attempt": ' || attempt || ', "outcome": "succeeded", "reason": null, "exit_code": null, "tree": null}')::json FROM gone)
SELECT run_id FROM gone`,
};

/** Results without a lease are told as an event each, unless their attempt was counted before. */
export const tellLate: Statement = {
  name: 'tell_late',
  text: `INSERT INTO events (at, kind, run_id, run_created_at, job_id, job_created_at, data)
SELECT now_ms(), 'run.late_result', d.run_id, r.created_at, r.job_id, (SELECT j.created_at FROM jobs j WHERE j.id = r.job_id),
  json_build_object('fence', d.fence, 'outcome', d.outcome, 'exit_code', d.exit_code)
FROM json_to_recordset(:done::json) AS d(run_id bigint, fence int, outcome text, exit_code int) LEFT JOIN runs r ON r.id = d.run_id
WHERE NOT EXISTS (SELECT 1 FROM attempts a WHERE a.run_id = d.run_id AND a.fence = d.fence)`,
};

/** Gives claimed, unstarted runs back. `:held` is NULL for all of the incarnation's. */
export const release: Statement = {
  name: 'release',
  text: `WITH back AS (DELETE FROM leases l WHERE worker_id = :worker AND incarnation = :incarnation AND phase = 'claimed'
   AND (:held::json IS NULL OR (run_id, fence) IN (SELECT d.run_id, d.fence FROM ${held})) RETURNING *)
INSERT INTO queue (${travelling}, attempt, fence, available_at) SELECT ${travelling}, attempt, fence, now_ms() FROM back RETURNING run_id`,
};
