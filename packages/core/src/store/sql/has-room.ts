/**
 * Whether a run's key has a slot left: a run of `s` slots has none when the leases of its key are numbered up to `s` at least.
 * The numbers of all of them are hashed once a claim, when the first run with a key is met: counting the leases for each run
 * that is walked cost more than all the rest.
 */
export const hasRoom = `(concurrency_key IS NULL OR (concurrency_key, slots) NOT IN (
     SELECT l.concurrency_key, CAST(row_number() OVER (PARTITION BY l.concurrency_key) AS int) FROM leases l WHERE l.concurrency_key IS NOT NULL))`;
