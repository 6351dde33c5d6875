/** Rows by which what has ended is found and counted. */
/** A run that ended otherwise than well. */
export interface UnsuccessfulRow {
  state: string;
  run_created_at: number;
  run_id: number;
  job_id: number;
}

export interface RunTallyRow {
  job_id: number;
  begin_at: number;
  state: string;
  count: number;
}

export interface EndTallyRow {
  hour_at: number;
  state: string;
  count: number;
}

/** What a worker ended in the hour that begins at `hour_at`, in the place that the hour has among {@link hoursKept}. */
export interface WorkerHourRow {
  readonly worker_id: number;
  readonly place: number;
  readonly hour_at: number;
  readonly executed: number;
  readonly failed: number;
}

/** More than a day. */
export const hoursKept = 26;
