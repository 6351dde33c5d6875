/** Rows of scripts and what was decided of them, as `schema.ts` has the others. */
export interface ScriptRow {
  id: number;
  created_at: number;
  path: string;
  hash: string | null;
  problem: string | null;
  seen_at: number;
}

export interface ScriptVersionRow {
  script_id: number;
  number: number;
  created_at: number;
  hash: string;
  bytes: number;
  /** Base64: bytes that are no text, too, on either database. */
  content: string;
  state: string;
  decided_at: number | null;
  decided_by: string | null;
  decided_by_id: number | null;
  approvals: number;
  note: string | null;
}

export interface ScriptNoteRow {
  id: number;
  created_at: number;
  script_id: number;
  number: number;
  kind: string;
  line: number | null;
  text: string;
  person_id: number | null;
  person_name: string;
}

export interface ScriptSchema {
  scripts: ScriptRow;
  script_versions: ScriptVersionRow;
  script_notes: ScriptNoteRow;
}
