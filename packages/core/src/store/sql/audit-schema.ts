/** Rows of the audit, as `schema.ts` has the others. */
export interface AuditTableRow {
  sequence: number;
  at: number;
  person_id: number | null;
  name: string;
  via: string;
  address: string | null;
  request_id: string | null;
  key_id: number | null;
  action: string;
  subject_kind: string;
  subject_id: string | null;
  subject_name: string | null;
  changes: string;
  hash: string;
  erased: string | null;
}

export interface AuditSchema {
  audit: AuditTableRow;
  /** The end of the chain: one row. */
  audit_head: { one: number; sequence: number; hash: string };
}
