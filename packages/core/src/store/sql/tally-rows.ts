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
