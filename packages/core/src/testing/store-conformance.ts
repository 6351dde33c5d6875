/**
 * What a store is. Each group is a set of vitest tests on a bed of its own; a database that passes them all stands behind
 * the port. Import it from tests only: vitest does not load outside its runner.
 */
import { describe } from 'vitest';
import type { MakeBed } from './conformance/bed.ts';
import { artifactConformance } from './conformance/artifacts.ts';
import { alertConformance } from './conformance/alerts.ts';
import { calendarConformance } from './conformance/calendars.ts';
import { dispatchConformance } from './conformance/dispatch.ts';
import { historyConformance } from './conformance/history.ts';
import { jobConformance } from './conformance/jobs.ts';
import { ledgerConformance } from './conformance/ledger.ts';
import { maintenanceConformance } from './conformance/maintenance.ts';
import { raceConformance } from './conformance/races.ts';
import { recordConformance } from './conformance/records.ts';
import { runConformance } from './conformance/runs.ts';
import { scheduleConformance } from './conformance/schedules.ts';
import { timelineConformance } from './conformance/timeline.ts';
import { transactionConformance } from './conformance/transactions.ts';
import { upkeepConformance } from './conformance/upkeep.ts';
import { workerConformance } from './conformance/workers.ts';
import { webhookConformance } from './conformance/webhooks.ts';
import { limitConformance } from './conformance/limits.ts';
import { hookConformance } from './conformance/hooks.ts';
import { accessConformance } from './conformance/access.ts';
import { secretConformance } from './conformance/secrets.ts';
import { signInMethodConformance } from './conformance/sign-in-methods.ts';
import { scriptConformance } from './conformance/scripts.ts';
import { monitorConformance } from './conformance/monitors.ts';
import { sharingConformance } from './conformance/sharing.ts';

export type { MakeBed, TestBed } from './conformance/bed.ts';

/** Declares every group for the stores that `make` makes. */
export function storeConformance(name: string, make: MakeBed): void {
  describe(`${name} is a store`, () => {
    jobConformance(make);
    scheduleConformance(make);
    calendarConformance(make);
    maintenanceConformance(make);
    ledgerConformance(make);
    runConformance(make);
    dispatchConformance(make);
    raceConformance(make);
    workerConformance(make);
    recordConformance(make);
    historyConformance(make);
    timelineConformance(make);
    transactionConformance(make);
    alertConformance(make);
    webhookConformance(make);
    monitorConformance(make);
    upkeepConformance(make);
    limitConformance(make);
    artifactConformance(make);
    hookConformance(make);
    accessConformance(make);
    sharingConformance(make);
    secretConformance(make);
    signInMethodConformance(make);
    scriptConformance(make);
  });
}
