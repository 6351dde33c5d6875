/** Rows of items of attention, as `schema.ts` has the others. */
export interface AttentionItemRow {
  created_at: number;
  id: number;
  fingerprint: string;
  kind: string;
  severity: string;
  category: string | null;
  title: string;
  evidence: string;
  spell: number;
  since_at: number;
  seen_at: number;
  times: number;
  jobs: number;
  in_a_row: number;
  job_id: number | null;
  job_created_at: number | null;
  run_id: number | null;
  run_created_at: number | null;
  alert_id: number | null;
  owner_id: number | null;
  note: string | null;
  acknowledged_at: number | null;
  acknowledged_by: string | null;
  snoozed_until: number | null;
  resolved_at: number | null;
  ended_at: number | null;
  ended_by: string | null;
  ended_how: string | null;
}

export interface AttentionJobRow {
  item_id: number;
  job_id: number;
  job_created_at: number;
  times: number;
  in_a_row: number;
  last_event: number;
  run_id: number | null;
  run_created_at: number | null;
  healed_at: number | null;
}

export interface AttentionRunRow {
  run_id: number;
  run_created_at: number;
  item_id: number;
  spell: number;
  job_id: number;
  event_id: number;
  ended_at: number;
  retry_id: number | null;
  retry_created_at: number | null;
}

export interface AttentionSchema {
  attention_items: AttentionItemRow;
  attention_jobs: AttentionJobRow;
  attention_runs: AttentionRunRow;
}
