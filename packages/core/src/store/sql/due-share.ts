/**
 * Whether a job is in one of `:of` parts, or due for so long that it is everybody's. Ids have things in common, as a job and its
 * schedules are numbered one after the other; multiplied by an odd number near 65536 over the golden ratio they spread evenly over
 * the parts (Knuth, The Art of Computer Programming 3, 6.4). The casts are for SQLite, which is handed numbers with fractions.
 */
export const inShare = `(CAST(job_id % 65536 * 40503 % 65536 * CAST(:of AS bigint) / 65536 AS bigint) = CAST(:index AS bigint)
    OR plan_at <= :anybodys)`;
