/** What tests of maintenance share: windows that are set as people set them, and the ledger told in minutes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { JobDefinition } from '../model/job.ts';
import type { MaintenanceEnd } from '../model/maintenance.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import type { Actor } from '../operations/context.ts';
import { type Operations } from '../operations/operations.ts';
import { planDue } from './plan-due.ts';
import type { Bench } from './test-bench.ts';
import { operationsOf } from './test-operations.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
export const mei: Actor = { personId: null, name: 'mei', via: 'page' };

export function maintenanceStage(bench: () => Bench) {
  const operations = (): Operations => operationsOf(bench(), { planDue: (jobId) => planDue(bench(), jobId) });
  const now = (): Instant => bench().clock.wall();
  const every = (minutes: number): ScheduleSpec => ({
    kind: 'interval',
    every: minutes,
    unit: 'minutes',
    start: now(),
    timezone: 'UTC',
  });
  const on = (length: number | null, resume: MaintenanceEnd = 'skip', from = 0) =>
    operations().maintenance.create(
      { scope: { kind: 'all' }, from: now() + from, until: length === null ? null : now() + from + length, resume },
      mei,
    );
  /** Instants of the ledger that ran, and those that did not, in minutes since `from`. */
  const told = async (jobId: Id, from: Instant) => {
    const entries = await bench().ledger(jobId);
    return entries.map((entry) =>
      entry.kind === 'gap'
        ? `${(entry.fromAt - from) / minute}+${entry.count} ${entry.reason}`
        : `${(entry.dueAt - from) / minute} ${entry.reason ?? 'run'}`,
    );
  };
  const given = (spec: ScheduleSpec, definition: Partial<JobDefinition> = {}) =>
    bench().job({ overlap: 'allow', maxConcurrent: null, ...definition }, [spec]);
  const tickAfter = async (ms: number, scheduler = bench().scheduler()): Promise<void> => {
    bench().clock.advance(ms);
    await scheduler.tick();
  };
  /** Before each test: the next midnight, and no window of an earlier one. */
  const reset = async (): Promise<void> => {
    writeFileSync(join(bench().folder, 'hello.sh'), 'echo hello\n');
    bench().clock.set(Math.ceil(now() / day) * day + day);
    for (const { id } of await bench().store.maintenance.unsettled()) {
      const window = await bench().store.maintenance.get(id);
      if (window !== null) await bench().store.maintenance.update({ ...window, endedAt: now(), settledAt: now() });
    }
  };

  return { now, operations, every, on, told, given, tickAfter, reset };
}
