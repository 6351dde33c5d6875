/** Complete SQL text with named parameters (`:now`), ready for a console once they are filled in. */
export interface Statement {
  /** Of the prepared statement on PostgreSQL. */
  readonly name: string;
  readonly text: string;
  /** Where a row costs no round trip: the text is for one row of `:rows`, whose fields of these names go by place. */
  readonly each?: readonly string[];
}

/** Statements with a number in their text, which are few. Each is made once: what is known of a statement is kept by the object. */
export function ofNumber(make: (number: number) => Statement): (number: number) => Statement {
  const made = new Map<number, Statement>();
  return (number) => {
    const known = made.get(number);
    if (known !== undefined) return known;
    const statement = make(number);
    made.set(number, statement);
    return statement;
  };
}

export type Parameters = Readonly<Record<string, number | string | boolean | null | undefined>>;

/** How the end of the audit's chain moves where a round trip is dear. */
export interface AuditStatements {
  /** `:rows` [{place, …, rest}], the first being that of a chain that begins: numbered, chained and written. */
  readonly append: Statement;
  /** `:count` of them, the first apart: the end stands behind them. */
  readonly moveHead: Statement;
}

/** The statements of the contract that both databases carry out in one step, each in its own dialect. */
export interface HotStatements {
  /** `:rows` [{name, labels}]: numbers pairs that have none. */
  readonly insertQueues: Statement;
  /** `:rows`: the record of new runs. */
  readonly insertRuns: Statement;
  /** `:rows`: the same runs' places in the queue. */
  readonly enqueue: Statement;
  /** `:rows` of the ledger; answers the keys that were new. */
  readonly insertOccurrences: Statement;
  readonly insertGaps: Statement;
  /** `:ids` of schedules: the newest instant of each in either table, as `schedule_id`, `row_at`, `gap_at`. */
  readonly ledgerHeads: Statement;
  /** `:plan`: T1's compare-and-set; answers `id`. */
  readonly advance: Statement;
  /** `:plan`: new plans under a raised revision; answers `id`. */
  readonly replan: Statement;
  /** `:now`, `:limit`: jobs with a schedule due, earliest first; answers `job_id`. */
  readonly dueJobs: Statement;
  /** `:rows`; the time is the database's. */
  readonly appendEvents: Statement;
  /** `:rows` of runs, of attempts, of events that lie in the past: written as they are. */
  readonly insertPastRuns: Statement;
  readonly insertPastAttempts: Statement;
  readonly insertPastEvents: Statement;
  /**
   * `:jobs` [id]: the newest runs of each job, for its summary. The number stands in the text: of one that it does not know
   * PostgreSQL believes that it is a tenth of all, and sorts what a job ever ran.
   */
  readonly newestRuns: (most: number) => Statement;
  /**
   * `:jobs` [{id, from}], `:limit`: of the newest `look` runs of each job since `from`, the failures of automatic triggers, at
   * most `limit`, and the newest success.
   */
  readonly failures: (look: number) => Statement;
  /** `:rows` [{id, created_at}]: what starting a run needs to know of it. */
  readonly loadRuns: Statement;
  /** `:ids`, `:state`, `:reason`: takes runs out of the queue; answers `run_id`, `run_created_at`, `job_id`. */
  readonly dequeue: Statement;
  /** `:rows` [{id, created_at}], `:state`, `:reason`: completes records that never started. */
  readonly endRuns: Statement;
  /** `:rows` [{run_id, run_created_at, job_id, state}] of runs that ended otherwise than well. */
  readonly noteUnsuccessful: Statement;
  /**
   * `:most`, `:step` in milliseconds: the head of all lines in the order of the claims, then of those whose instant has not
   * come; answers `id`, `created_at`. Of each level its head is read, however long the line: within one, waiting changes no
   * order.
   */
  readonly headOfQueue: Statement;
  /**
   * `:most`, `:step`, `:queue` by name: those of its lines that could be claimed, in the same order; answers `run_id`, `job_id`,
   * `locks`, and `person`; null unless somebody had to know, as a person is limited.
   */
  readonly lineOfQueue: Statement;
  /** `:rows` [{run_id, run_created_at, progress, result}]: written over what stood there, field by field. */
  readonly report: Statement;
  /** `:rows` [{id, created_at}]: removes records, attempts and reports, one statement each. */
  readonly removeRuns: readonly Statement[];
  /** `:ids` of waiting or leased runs: locks the jobs that follow from theirs; answers `id`. */
  readonly lockFollowers: Statement;
  /** Absent where the chain is made here. */
  readonly audit?: AuditStatements;
  /** Draws `:count` numbers from the counter of ids; answers the highest as `value`. */
  readonly drawIds: Statement;
  /** The database's time as `now`. */
  readonly now: Statement;
}
