export interface DependencyRow {
  job_id: number;
  upstream_id: number;
  mode: string;
  window_ms: number | null;
}

export interface ChainMemberRow {
  chain_id: number;
  chain_created_at: number;
  job_id: number;
  run_id: number | null;
  run_created_at: number | null;
  reason: string | null;
  cause_job_id: number | null;
  cause_run_id: number | null;
  cause_created_at: number | null;
  served_by: string;
  decided_at: number;
}
