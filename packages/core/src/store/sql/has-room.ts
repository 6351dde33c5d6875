/**
 * Whether a run's key has a slot left. Most limits are one slot, and then any lease of the key is in the way; of others the
 * full ones are known first. Both sets are hashed once a claim, when the first run with a key is met: counting the leases
 * for each run that is walked cost more than all the rest. Only keys with several slots and room are counted.
 */
export const hasRoom = `(concurrency_key IS NULL OR CASE WHEN slots = 1
     THEN concurrency_key NOT IN (SELECT l.concurrency_key FROM leases l WHERE l.concurrency_key IS NOT NULL)
     ELSE concurrency_key NOT IN (SELECT l.concurrency_key FROM leases l WHERE l.concurrency_key IS NOT NULL
         GROUP BY l.concurrency_key HAVING count(*) >= max(l.slots))
       AND slots > (SELECT count(*) FROM leases l WHERE l.concurrency_key = q.concurrency_key) END)`;
