/**
 * The newest line of history, `l`, as long as the server is still on it: no row on another server. One that does not say
 * which line it is on is taken to be on that one.
 */
export const knownLine = `(SELECT * FROM lineages ORDER BY number DESC LIMIT 1) l WHERE database_line() IN ('', l.line)`;

/**
 * How many claims of one run a line of history has room for. The fences of each begin above all of the former's: one that
 * was given out in a commit that is gone is never given out again.
 */
export const fencesPerLineage = 1_000_000;
