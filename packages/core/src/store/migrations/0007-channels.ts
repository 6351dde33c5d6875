import type { Migration } from './migration.ts';

/**
 * Webhook endpoints with what was and is to be delivered to them, and monitors of jobs that run elsewhere. Secrets stand
 * sealed, a monitor's token besides as its hash. `next_at` and `check_at` wake the loops; null where nothing waits.
 */
export const channels: Migration = {
  number: 7,
  name: 'channels',
  sqlite: `
CREATE TABLE webhooks (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, updated_at integer NOT NULL, name text NOT NULL,
  sort_name text NOT NULL, url text NOT NULL, kinds text NOT NULL, active integer NOT NULL, off_reason text, since_event integer NOT NULL,
  secret text NOT NULL, former_secret text, former_until integer, failing_since integer, dropped integer NOT NULL) STRICT;
CREATE UNIQUE INDEX webhooks_name ON webhooks (sort_name);

CREATE TABLE webhook_deliveries (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, webhook_id integer NOT NULL, event_id integer,
  kind text NOT NULL, body text NOT NULL, state text NOT NULL, next_at integer, attempts integer NOT NULL, tries text NOT NULL) STRICT;
CREATE UNIQUE INDEX webhook_deliveries_event ON webhook_deliveries (webhook_id, event_id);
CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (webhook_id, id);
CREATE INDEX webhook_deliveries_next ON webhook_deliveries (webhook_id, next_at) WHERE next_at IS NOT NULL;

CREATE TABLE monitors (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, updated_at integer NOT NULL, name text NOT NULL,
  sort_name text NOT NULL, hash text NOT NULL, token text NOT NULL, spec text, period_ms integer, grace_ms integer NOT NULL,
  state text NOT NULL, state_since integer NOT NULL, expected_at integer, check_at integer, last_ping_at integer, started_at integer,
  last_output text) STRICT;
CREATE UNIQUE INDEX monitors_name ON monitors (sort_name);
CREATE UNIQUE INDEX monitors_hash ON monitors (hash);
CREATE INDEX monitors_check ON monitors (check_at) WHERE check_at IS NOT NULL;

CREATE TABLE monitor_pings (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, monitor_id integer NOT NULL, kind text NOT NULL,
  exit_code integer, address text, user_agent text) STRICT;
CREATE INDEX monitor_pings_newest ON monitor_pings (monitor_id, id);
`,
  postgres: `
CREATE TABLE webhooks (id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, updated_at bigint NOT NULL, name text NOT NULL,
  sort_name text COLLATE "C" NOT NULL, url text NOT NULL, kinds json NOT NULL, active boolean NOT NULL, off_reason text, since_event bigint NOT NULL,
  secret text NOT NULL, former_secret text, former_until bigint, failing_since bigint, dropped bigint NOT NULL);
CREATE UNIQUE INDEX webhooks_name ON webhooks (sort_name);

CREATE TABLE webhook_deliveries (id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, webhook_id bigint NOT NULL, event_id bigint,
  kind text NOT NULL, body text NOT NULL, state text NOT NULL, next_at bigint, attempts int NOT NULL, tries json NOT NULL);
CREATE UNIQUE INDEX webhook_deliveries_event ON webhook_deliveries (webhook_id, event_id);
CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (webhook_id, id);
CREATE INDEX webhook_deliveries_next ON webhook_deliveries (webhook_id, next_at) WHERE next_at IS NOT NULL;

CREATE TABLE monitors (id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, updated_at bigint NOT NULL, name text NOT NULL,
  sort_name text COLLATE "C" NOT NULL, hash text NOT NULL, token text NOT NULL, spec json, period_ms bigint, grace_ms bigint NOT NULL,
  state text NOT NULL, state_since bigint NOT NULL, expected_at bigint, check_at bigint, last_ping_at bigint, started_at bigint,
  last_output text);
CREATE UNIQUE INDEX monitors_name ON monitors (sort_name);
CREATE UNIQUE INDEX monitors_hash ON monitors (hash);
CREATE INDEX monitors_check ON monitors (check_at) WHERE check_at IS NOT NULL;

CREATE TABLE monitor_pings (id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, monitor_id bigint NOT NULL, kind text NOT NULL,
  exit_code int, address text, user_agent text);
CREATE INDEX monitor_pings_newest ON monitor_pings (monitor_id, id);
`,
};
