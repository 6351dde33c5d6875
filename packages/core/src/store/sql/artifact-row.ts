export interface ArtifactRow {
  id: number;
  created_at: number;
  run_id: number;
  run_created_at: number;
  job_id: number;
  attempt: number;
  name: string;
  type: string;
  bytes: number;
  sha256: string | null;
  crc32: number | null;
  problem: string | null;
  expires_at: number | null;
}
