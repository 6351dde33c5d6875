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
import { webhookTable } from './webhooks.ts';
import { lineageTable } from './lineage.ts';
import { dependencyTable } from './dependencies.ts';
import { recoveryTable } from './recovery.ts';

/** Everything that can be read and changed, bound to one session. */
export function tablesOf(
  session: Session,
  dispatch: HotDispatch,
  numbers: QueueNumbers,
  definitions: Definitions,
): Tables {
  return {
    async now() {
      const [row] = await session.run<{ now: number }>(session.hot.now);
      if (row === undefined) throw new Error('The database told no time.');
      return row.now;
    },
    jobs: jobTable(session),
    schedules: scheduleTable(session),
    calendars: calendarTable(session),
    ledger: ledgerTable(session),
    runs: runTable(session, numbers),
    timeline: timelineTable(session),
    feeds: feedTable(session),
    dispatch: dispatchTable(session, dispatch, definitions),
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
  };
}
