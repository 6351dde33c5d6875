export interface SecretRow {
  created_at: number;
  id: number;
  updated_at: number;
  name: string;
  sort_name: string;
  scope: string;
  owner_id: number;
  provider: string;
  sealed: string | null;
  reference: string | null;
  version: number;
  rotated_at: number;
  expires_at: number | null;
  used_at: number | null;
  created_by: string | null;
}

export interface SecretSchema {
  secrets: SecretRow;
  secret_uses: { job_id: number; sort_name: string };
}
