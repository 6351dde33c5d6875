import { initial } from './0001-initial.ts';
import { calendars } from './0002-calendars.ts';
import { calendarFeeds } from './0003-calendar-feeds.ts';
import { maintenance } from './0004-maintenance.ts';
import { ledger } from './0005-ledger.ts';
import { alerts } from './0006-alerts.ts';
import { channels } from './0007-channels.ts';
import { workerLife } from './0008-worker-life.ts';
import { counters } from './0009-counters.ts';
import { timeline } from './0010-timeline.ts';
import { direct } from './0011-direct.ts';
import { breaker } from './0012-breaker.ts';
import { dependencies } from './0013-dependencies.ts';
import { limits } from './0014-limits.ts';
import { artifacts } from './0015-artifacts.ts';
import { boundedReads } from './0016-bounded-reads.ts';
import { attention } from './0017-attention.ts';
import { hooks } from './0018-hooks.ts';
import { audit } from './0019-audit.ts';
import { access } from './0020-access.ts';
import { sharing } from './0021-sharing.ts';
import { secrets } from './0022-secrets.ts';
import { signInMethods } from './0023-sign-in-methods.ts';
import { identities } from './0024-identities.ts';
import { scriptApproval } from './0025-script-approval.ts';
import { tokens } from './0026-tokens.ts';
import { deviceSignIns } from './0027-device-sign-ins.ts';
import { pageSettings } from './0028-page-settings.ts';
import { scriptApprovals } from './0029-script-approvals.ts';
import { leanRecord } from './0030-lean-record.ts';
import { longPast } from './0031-long-past.ts';
import { listsByIndex } from './0033-lists-by-index.ts';
import { reasonsOfSkips } from './0032-reasons-of-skips.ts';
import type { Migration } from './migration.ts';

/** Every step there is, in order. */
export const migrations: readonly Migration[] = [
  initial,
  calendars,
  calendarFeeds,
  maintenance,
  ledger,
  alerts,
  channels,
  workerLife,
  counters,
  timeline,
  direct,
  breaker,
  dependencies,
  limits,
  artifacts,
  boundedReads,
  attention,
  hooks,
  audit,
  access,
  sharing,
  secrets,
  signInMethods,
  identities,
  scriptApproval,
  tokens,
  deviceSignIns,
  pageSettings,
  scriptApprovals,
  leanRecord,
  longPast,
  reasonsOfSkips,
  listsByIndex,
];

/** The schema this program works with. */
export const schemaVersion: number = migrations.length;
