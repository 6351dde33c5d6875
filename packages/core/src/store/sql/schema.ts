/**
 * The tables as the query builder sees them, alike on both databases: JSON is its text, a boolean reads as true and
 * false on PostgreSQL and as 1 and 0 on SQLite ({@link truth} makes one of both).
 */
import type { ColumnType, GeneratedAlways } from 'kysely';
import type { ArtifactRow } from './artifact-row.ts';
import type { EndTallyRow, RunTallyRow, UnsuccessfulRow, WorkerHourRow } from './tally-rows.ts';
import type { DeliveryRow, MonitorRow, PingRow, WebhookRow } from './channel-rows.ts';
import type { ChainMemberRow, DependencyRow } from './chain-rows.ts';
import type { AttentionSchema } from './attention-schema.ts';
import type { AuditSchema } from './audit-schema.ts';
import type { PeopleSchema } from './people-schema.ts';
import type { SignInMethodSchema } from './sign-in-method-schema.ts';
import type { SecretSchema } from './secret-schema.ts';
import type { ScriptSchema } from './script-schema.ts';

export type Flag = ColumnType<boolean | 0 | 1, boolean, boolean>;

export interface Aged {
  created_at: number;
}

export interface JobRow extends Aged {
  id: number;
  updated_at: number;
  owner_id: number | null;
  version: number;
  name: string;
  /** The name in lower case: what lists sort by and searches look into. */
  sort_name: string;
  type: string;
  source: string | null;
  active: Flag;
  paused_reason: string | null;
  paused_by: string | null;
  paused_at: number | null;
  paused_until: number | null;
  on_resume: string | null;
  automatic_runs: number;
  deleted_at: number | null;
  deleted_by: string | null;
  demo: Flag;
  failures_from: number | null;
  failing_since: number | null;
  breaker_opened_at: number | null;
  cool_off_until: number | null;
  /** JSON: what else is known of an open breaker. */
  breaker: string | null;
}

export interface JobVersionRow extends Aged {
  job_id: number;
  version: number;
  author: string | null;
  author_id: number | null;
  note: string | null;
  definition: string;
}

export interface ScheduleRow extends Aged {
  id: number;
  job_id: number;
  name: string | null;
  active: Flag;
  priority: number;
  spec: string;
  revision: number;
  cursor_at: number;
  plan_at: number | null;
  next_due_at: number | null;
  tz_version: string;
}

export interface CalendarRow extends Aged {
  id: number;
  updated_at: number;
  version: number;
  name: string;
  /** The name in lower case: what makes it unique, and lists sort by. */
  sort_name: string;
  description: string | null;
  kind: string;
  /** Of a blackout; `attached` for all others. */
  scope: string;
  content: string;
  source: string | null;
}

export interface OccurrenceRow {
  schedule_id: number;
  due_at: number;
  revision: number;
  run_id: number | null;
  run_created_at: number | null;
  reason: string | null;
  cause_run_id: number | null;
  cause_created_at: number | null;
  decided_at: number;
}

export interface GapRow {
  schedule_id: number;
  from_at: number;
  to_at: number;
  count: number;
  reason: string;
  decided_at: number;
}

export interface RunRow extends Aged {
  id: number;
  job_id: number;
  job_version: number;
  trigger: string;
  schedule_id: number | null;
  due_at: number | null;
  priority: number;
  queue: number;
  parameters: string;
  note: string | null;
  requested_by: string | null;
  cause_run_id: number | null;
  cause_created_at: number | null;
  cancel_requested_at: number | null;
  cancel_reason: string | null;
  cancel_by: string | null;
  state: string | null;
  reason: string | null;
  attempt: number | null;
  worker_id: number | null;
  exit_code: number | null;
  signal: string | null;
  failure: string | null;
  started_at: number | null;
  ended_at: number | null;
}

export interface AttemptRow {
  run_id: number;
  run_created_at: number;
  fence: number;
  attempt: number;
  worker_id: number | null;
  outcome: string;
  reason: string | null;
  exit_code: number | null;
  signal: string | null;
  failure: string | null;
  started_at: number | null;
  ended_at: number;
}

interface Travelling {
  run_id: number;
  run_created_at: number;
  job_id: number;
  queue: number;
  priority: number;
  on_lost: number;
  concurrency_key: number | null;
  slots: number | null;
  attempt: number;
  fence: number;
  direct: boolean | 0 | 1;
}

export interface QueueRow extends Travelling {
  available_at: number;
  reason: string | null;
}

export interface LeaseRow extends Travelling {
  slot: number | null;
  worker_id: number;
  incarnation: number;
  phase: string;
  claimed_at: number;
  started_at: number | null;
}

export interface WorkerRow extends Aged {
  id: number;
  name: string;
  host: string;
  platform: string;
  pid: number;
  version: string;
  slots: number;
  queues: string;
  labels: string;
  containment: string;
  incarnation: number;
  started_at: number;
  beat_at: number;
  lost_at: number | null;
  draining: Flag;
  machine_id: string | null;
  boot_id: string | null;
  pid_space: string | null;
  process_started: number | null;
  folder_id: string | null;
  paused_at: number | null;
  clock_offset: number | null;
}

export interface SchedulerTableRow extends Aged {
  id: number;
  name: string;
  host: string;
  pid: number;
  version: string;
  started_at: number;
  beat_at: number;
  polled_at: number | null;
  stopped_at: number | null;
  clock_offset: number | null;
  held_from: number | null;
  held_to: number | null;
  confirmed_at: number | null;
}

export interface TallyRow {
  owner_id: number;
  name: string;
  value: number;
}

export interface EventTableRow {
  id: GeneratedAlways<number>;
  at: number;
  kind: string;
  run_id: number | null;
  run_created_at: number | null;
  job_id: number | null;
  job_created_at: number | null;
  actor: string | null;
  data: string;
}

export interface FeedRow extends Aged {
  id: number;
  person_id: number | null;
  name: string;
  hash: string;
  job_id: number | null;
  tag: string | null;
  search: string | null;
}

export interface MaintenanceRow extends Aged {
  id: number;
  scope: string;
  /** Tags or ids of jobs; empty for all. */
  targets: string;
  from_at: number;
  until_at: number | null;
  reason: string | null;
  resume: string;
  set_by: string | null;
  ended_at: number | null;
  ended_by: string | null;
  settled_at: number | null;
}

export interface AlertRow extends Aged {
  id: number;
  updated_at: number;
  kind: string;
  severity: string;
  fingerprint: string;
  job_id: number | null;
  job_created_at: number | null;
  run_id: number | null;
  run_created_at: number | null;
  title: string;
  text: string;
  count: number;
  from_at: number | null;
  to_at: number | null;
  seen: number | null;
  resolved_at: number | null;
  resolution: string | null;
  acknowledged_at: number | null;
  acknowledged_by: string | null;
}

export interface LineageRow {
  number: number;
  line: string;
  noticed_at: number;
  settled_at: number | null;
}

export interface LimitRow {
  kind: string;
  name: string;
  slots: number | null;
  paused_at: number | null;
  note: string | null;
  changed_at: number;
  changed_by: string;
}

export interface HookRow extends Aged {
  id: number;
  updated_at: number;
  job_id: number;
  name: string;
  sort_name: string;
  kind: string;
  active: Flag;
  mapping: string | null;
  secret: string;
  former_secret: string | null;
  former_until: number | null;
  used_at: number | null;
}

export interface GrantRow {
  grantee_id: number;
  job_id: number;
  /** `owner`, `person`, `team`, `everyone`. */
  kind: string;
  /** From 1, view, to 4, own. */
  level: number;
}

export interface Schema
  extends AttentionSchema, AuditSchema, PeopleSchema, SecretSchema, SignInMethodSchema, ScriptSchema {
  counters: { name: string; value: number };
  settings: { key: string; value: string };
  idempotency: { scope: string; key: string; request_hash: string; answer: string | null; created_at: number };
  calendar_feeds: FeedRow;
  jobs: JobRow;
  job_versions: JobVersionRow;
  job_tags: { tag: string; job_id: number; sort_name: string };
  schedules: ScheduleRow;
  schedule_jobs: { job_id: number; schedule_id: number };
  calendars: CalendarRow;
  schedule_calendars: { calendar_id: number; schedule_id: number };
  occurrences: OccurrenceRow;
  gaps: GapRow;
  queues: {
    id: GeneratedAlways<number>;
    name: string;
    labels: string;
    locks: string;
    person: number;
    job: number;
  };
  runs: RunRow;
  attempts: AttemptRow;
  run_reports: { run_id: number; run_created_at: number; progress: string | null; result: string | null };
  queue: QueueRow;
  leases: LeaseRow;
  workers: WorkerRow;
  schedulers: SchedulerTableRow;
  events: EventTableRow;
  maintenance: MaintenanceRow;
  alerts: AlertRow;
  webhooks: WebhookRow;
  webhook_deliveries: DeliveryRow;
  monitors: MonitorRow;
  monitor_pings: PingRow;
  hooks: HookRow;
  tallies: TallyRow;
  lineages: LineageRow;
  dependencies: DependencyRow;
  chain_members: ChainMemberRow;
  limits: LimitRow;
  lineage_reports: { number: number; worker_id: number; reported_at: number };
  artifacts: ArtifactRow;
  unsuccessful: UnsuccessfulRow;
  run_tallies: RunTallyRow;
  end_tallies: EndTallyRow;
  worker_hours: WorkerHourRow;
  job_grants: GrantRow;
  teams: { id: number; created_at: number; name: string; sort_name: string };
  team_members: { person_id: number; team_id: number };
}

/** A boolean of either database. */
export function truth(flag: boolean | 0 | 1): boolean {
  return flag === true || flag === 1;
}
