/** Where people are named: one place a table. A new column that holds a person belongs here; a test looks for what was left out. */
export interface NamingPlace {
  readonly table: string;
  readonly key: readonly string[];
  /** Columns that hold a person's id. */
  readonly ids?: readonly string[];
  /** Columns that hold somebody's name as they were called then. */
  readonly names?: readonly string[];
  /** Columns of JSON or of sentences. */
  readonly texts?: readonly string[];
  /** Columns that hold a mail address. */
  readonly emails?: readonly string[];
  /** Never told: what signs somebody in. */
  readonly secrets?: readonly string[];
}

export const namingPlaces: readonly NamingPlace[] = [
  { table: 'people', key: ['id'], ids: ['id'], secrets: ['password_hash'] },
  { table: 'sign_ins', key: ['hash'], ids: ['person_id', 'viewed_id'], secrets: ['hash'] },
  { table: 'identities', key: ['id'], ids: ['person_id'] },
  {
    table: 'oidc_flows',
    key: ['state_hash'],
    ids: ['person_id'],
    secrets: ['state_hash', 'browser_hash', 'invitation_hash'],
  },
  { table: 'device_sign_ins', key: ['hash'], ids: ['person_id'], secrets: ['hash', 'code_hash'] },
  { table: 'api_keys', key: ['id'], ids: ['person_id'], secrets: ['hash', 'former_hash'] },
  { table: 'one_time_keys', key: ['person_id'], ids: ['person_id'], secrets: ['secret'] },
  { table: 'recovery_codes', key: ['person_id', 'hash'], ids: ['person_id'], secrets: ['hash'] },
  { table: 'passkeys', key: ['id'], ids: ['person_id'] },
  { table: 'sign_in_challenges', key: ['hash'], ids: ['person_id'], secrets: ['hash', 'challenge', 'sign_in'] },
  { table: 'job_grants', key: ['grantee_id', 'job_id', 'kind'], ids: ['grantee_id'] },
  { table: 'team_members', key: ['team_id', 'person_id'], ids: ['person_id'] },
  { table: 'secrets', key: ['id'], ids: ['owner_id'], names: ['created_by'], secrets: ['sealed'] },
  { table: 'page_settings', key: ['owner_id', 'key'], ids: ['owner_id'] },
  { table: 'calendar_feeds', key: ['id'], ids: ['person_id'], secrets: ['hash'] },
  { table: 'invitations', key: ['id'], names: ['invited_by'], emails: ['email'], secrets: ['hash'] },
  { table: 'jobs', key: ['id'], ids: ['owner_id'], names: ['paused_by', 'deleted_by'] },
  { table: 'job_versions', key: ['job_id', 'version'], ids: ['author_id'], names: ['author'], texts: ['note'] },
  {
    table: 'script_versions',
    key: ['script_id', 'number'],
    ids: ['decided_by_id'],
    names: ['decided_by'],
    texts: ['note'],
    secrets: ['content'],
  },
  { table: 'script_notes', key: ['id'], ids: ['person_id'], names: ['person_name'], texts: ['text'] },
  { table: 'runs', key: ['id', 'created_at'], names: ['requested_by', 'cancel_by'], texts: ['note'] },
  { table: 'maintenance', key: ['id'], names: ['set_by', 'ended_by'], texts: ['reason'] },
  { table: 'monitors', key: ['id'], ids: ['owner_id'] },
  { table: 'limits', key: ['kind', 'name'], names: ['changed_by'], texts: ['note'] },
  { table: 'alerts', key: ['id'], names: ['acknowledged_by'], texts: ['title', 'text', 'resolution'] },
  {
    table: 'attention_items',
    key: ['id'],
    ids: ['owner_id'],
    names: ['acknowledged_by', 'ended_by'],
    texts: ['title', 'evidence', 'note', 'ended_how'],
  },
  { table: 'events', key: ['id'], names: ['actor'], texts: ['data'] },
  { table: 'webhook_deliveries', key: ['id'], texts: ['body'] },
  { table: 'idempotency', key: ['scope', 'key'], texts: ['answer'], secrets: ['request_hash'] },
];
