/** T2, T3 and T5 of the contract for SQLite: a write is one statement a table, all inside one immediate transaction. */
import { hasRoom } from '../sql/has-room.ts';
import type { Statement } from '../sql/statement.ts';

const travelling = 'run_id, run_created_at, job_id, queue, priority, on_lost, concurrency_key, slots, direct';

/** Which lines of these queues have a run to claim, and how long its head has waited. */
export const lines: Statement = {
  name: 'lines',
  text: `SELECT *, (SELECT max(q.available_at) FROM queue q WHERE q.queue = heads.queue AND q.priority = heads.priority) AS tail
FROM (SELECT k.id AS queue, k.name, k.labels, k.locks, k.person, p.value AS priority,
    (SELECT min(q.available_at) FROM queue q WHERE q.queue = k.id AND q.priority = p.value) AS head, now_ms() AS now,
    CASE WHEN k.job > 0 THEN (SELECT q.slots FROM queue q WHERE q.queue = k.id AND q.priority = p.value LIMIT 1)
      - (SELECT count(*) FROM leases l WHERE l.concurrency_key = k.job) END AS room,
    (SELECT count(*) FROM limits) AS limits
  FROM queues k, json_each('[0,1,2,3]') p WHERE k.name IN (SELECT value FROM json_each(:names))) heads WHERE head <= now_ms()`,
};

/**
 * T2. The lowest free slot of a key: 0, or the end of a leased run of slots. Second runs of a key find the same slot
 * taken and wait for the next claim.
 */
export const claim: Statement = {
  name: 'claim',
  text: `INSERT INTO leases (${travelling}, attempt, fence, slot, worker_id, incarnation, phase, claimed_at, started_at)
SELECT ${travelling}, attempt, fence + 1, CASE WHEN concurrency_key IS NULL THEN NULL
    WHEN NOT EXISTS (SELECT 1 FROM leases l WHERE l.concurrency_key = q.concurrency_key AND l.slot = 0) THEN 0
    ELSE (SELECT min(l.slot) + 1 FROM leases l WHERE l.concurrency_key = q.concurrency_key AND NOT EXISTS
      (SELECT 1 FROM leases n WHERE n.concurrency_key = q.concurrency_key AND n.slot = l.slot + 1)) END,
  :worker, :incarnation, CASE WHEN direct THEN 'starting' ELSE 'claimed' END, now_ms(), CASE WHEN direct THEN now_ms() END
FROM queue q WHERE queue = :queue AND priority = :priority AND available_at <= now_ms() - :aged AND available_at > :after
  AND ${hasRoom}
  AND EXISTS (SELECT 1 FROM workers WHERE id = :worker AND incarnation = :incarnation AND lost_at IS NULL
    AND NOT draining AND paused_at IS NULL)
ORDER BY available_at, run_id LIMIT :free ON CONFLICT DO NOTHING RETURNING run_id, slot`,
};

/** The rest of T2: what became a lease leaves the queue. */
export const leaveQueue: Statement = {
  name: 'leave_queue',
  text: `DELETE FROM queue WHERE run_id IN (SELECT value FROM json_each(:ids))
RETURNING run_id, run_created_at, job_id, attempt, fence + 1 AS fence, on_lost, available_at, direct`,
};

/** T3. There are no row versions here, so the phase changes in place. */
export const intend: Statement = {
  name: 'intend',
  text: `UPDATE leases SET phase = 'starting', started_at = now_ms()
WHERE run_id = ? AND fence = ? AND incarnation = ? AND phase = 'claimed' RETURNING run_id, fence`,
  each: ['run_id', 'fence', 'incarnation'],
};

export const markRunning: Statement = {
  name: 'mark_running',
  text: `UPDATE leases SET phase = 'running' WHERE incarnation = :incarnation AND phase = 'starting'
  AND (run_id, fence) IN (SELECT value ->> 'run_id', value ->> 'fence' FROM json_each(:held))`,
};

/** T5's decision: what this returns still had its fence, and feeds the inserts and the update below. */
export const endLeases: Statement = {
  name: 'end_leases',
  text: `DELETE FROM leases WHERE run_id = ? AND fence = ? RETURNING *`,
  each: ['run_id', 'fence'],
};

export const insertAttempts: Statement = {
  name: 'insert_attempts',
  text: `INSERT INTO attempts (run_id, run_created_at, attempt, fence, worker_id, outcome, reason, exit_code, signal, failure, started_at,
  ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, now_ms())`,
  each: [
    'run_id',
    'run_created_at',
    'attempt',
    'fence',
    'worker_id',
    'outcome',
    'reason',
    'exit_code',
    'signal',
    'failure',
    'started_at',
  ],
};

export const completeRuns: Statement = {
  name: 'complete_runs',
  text: `UPDATE runs SET state = ?, reason = ?, attempt = ?, worker_id = ?, exit_code = ?, signal = ?, failure = ?, started_at = ?,
  ended_at = now_ms() WHERE id = ? AND created_at = ?`,
  each: [
    'state',
    'reason',
    'attempt',
    'worker_id',
    'exit_code',
    'signal',
    'failure',
    'started_at',
    'run_id',
    'run_created_at',
  ],
};

/** Tries of `:done` that were counted already: an ambiguous commit repeated, not a late result. */
export const counted: Statement = {
  name: 'counted',
  text: `SELECT run_id, fence FROM attempts WHERE (run_id, fence) IN (SELECT value ->> 'run_id', value ->> 'fence' FROM json_each(:done))`,
};

/** Gives claimed, unstarted runs back. `:held` is NULL for all of the incarnation's. */
export const release: Statement = {
  name: 'release',
  text: `DELETE FROM leases WHERE worker_id = :worker AND incarnation = :incarnation AND phase = 'claimed' AND (:held IS NULL
  OR (run_id, fence) IN (SELECT value ->> 'run_id', value ->> 'fence' FROM json_each(:held))) RETURNING *, now_ms() AS now`,
};
