/** What webhooks and monitors are to the query builder. */
import type { Aged, Flag } from './schema.ts';

export interface WebhookRow extends Aged {
  id: number;
  updated_at: number;
  name: string;
  sort_name: string;
  url: string;
  kinds: string;
  active: Flag;
  off_reason: string | null;
  since_event: number;
  secret: string;
  former_secret: string | null;
  former_until: number | null;
  failing_since: number | null;
  dropped: number;
}

export interface DeliveryRow extends Aged {
  id: number;
  webhook_id: number;
  event_id: number | null;
  kind: string;
  body: string;
  state: string;
  next_at: number | null;
  attempts: number;
  tries: string;
}

export interface MonitorRow extends Aged {
  id: number;
  updated_at: number;
  name: string;
  sort_name: string;
  hash: string;
  token: string;
  spec: string | null;
  period_ms: number | null;
  grace_ms: number;
  state: string;
  state_since: number;
  expected_at: number | null;
  check_at: number | null;
  last_ping_at: number | null;
  started_at: number | null;
  last_output: string | null;
  owner_id: number | null;
}

export interface PingRow extends Aged {
  id: number;
  monitor_id: number;
  kind: string;
  exit_code: number | null;
  address: string | null;
  user_agent: string | null;
}
