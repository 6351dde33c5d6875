import type { Settle } from '../chain-table.ts';
import type { Tables } from '../store.ts';
import { alertTable } from './alerts.ts';
import { calendarTable } from './calendars.ts';
import { dispatchTable, type HotDispatch } from './dispatch.ts';
import { eventTable } from './events.ts';
import { historyTable } from './history.ts';
import { feedTable } from './feeds.ts';
import { idempotencyTable, settingTable } from './installation.ts';
import { jobTable } from './jobs.ts';
import { ledgerTable } from './ledger.ts';
import { maintenanceTable } from './maintenance.ts';
import { erasureTable } from './erasure.ts';
import { identityTable } from './identities.ts';
import { keyTable } from './keys.ts';
import { peopleTable } from './people.ts';
import type { QueueNumbers } from './queues.ts';
import { runTable } from './runs.ts';
import { schedulerTable } from './schedulers.ts';
import { scheduleTable } from './schedules.ts';
import type { Session } from './session.ts';
import { upkeepTable } from './upkeep.ts';
import { timelineTable } from './timeline.ts';
import { watchTable } from './watch.ts';
import { workerTable } from './workers.ts';
import type { Definitions } from './work.ts';
import { monitorTable } from './monitors.ts';
import { hookTable } from './hooks.ts';
import { auditTable } from './audit.ts';
import { secretTable } from './secrets.ts';
import { webhookTable } from './webhooks.ts';
import { lineageTable } from './lineage.ts';
import { chainTable, endingOf } from './chains.ts';
import { dependencyTable } from './dependencies.ts';
import { recoveryTable } from './recovery.ts';
import { attentionTable } from './attention.ts';
import { artifactTable } from './artifacts.ts';
import { sharingTable } from './sharing.ts';
import { limitTable } from './limits.ts';
import { signInMethodTable } from './sign-in-methods.ts';
import { scriptTable } from './scripts.ts';
import { pageSettingTable } from './page-settings.ts';
import { tokenTable } from './tokens.ts';
import { deviceTable } from './devices.ts';

/** What hangs on runs that end, and who is told that runs were made for it. */
export interface Flow {
  readonly settle: Settle<Tables>;
  readonly started: () => void;
}

/** Everything that can be read and changed, bound to one session. */
export function tablesOf(
  session: Session,
  dispatch: HotDispatch,
  numbers: QueueNumbers,
  definitions: Definitions,
  flow: Flow | null,
): Tables {
  const ending = endingOf(session, () => tables, flow);
  const tables: Tables = {
    async now() {
      const [row] = await session.run<{ now: number }>(session.hot.now);
      if (row === undefined) throw new Error('The database told no time.');
      return row.now;
    },
    jobs: jobTable(session),
    schedules: scheduleTable(session),
    calendars: calendarTable(session),
    ledger: ledgerTable(session),
    runs: runTable(session, numbers, ending),
    timeline: timelineTable(session),
    feeds: feedTable(session),
    dispatch: dispatchTable(session, dispatch, { definitions, ending }),
    workers: workerTable(session),
    schedulers: schedulerTable(session),
    events: eventTable(session),
    history: historyTable(session, numbers),
    people: peopleTable(session),
    settings: settingTable(session),
    idempotency: idempotencyTable(session),
    maintenance: maintenanceTable(session),
    alerts: alertTable(session),
    watch: watchTable(session),
    webhooks: webhookTable(session),
    monitors: monitorTable(session),
    upkeep: upkeepTable(session),
    lineage: lineageTable(session),
    recovery: recoveryTable(session),
    dependencies: dependencyTable(session),
    chains: chainTable(session),
    hooks: hookTable(session),
    limits: limitTable(session),
    artifacts: artifactTable(session),
    attention: attentionTable(session),
    audit: auditTable(session),
    keys: keyTable(session),
    sharing: sharingTable(session),
    secrets: secretTable(session),
    signInMethods: signInMethodTable(session),
    identities: identityTable(session),
    erasure: erasureTable(session),
    scripts: scriptTable(session),
    tokens: tokenTable(session),
    devices: deviceTable(session),
    pageSettings: pageSettingTable(session),
  };
  return tables;
}
