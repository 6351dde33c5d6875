/** A round in which nothing is wrong, small enough to be spoilt by hand. */
import type { History, LedgerRow, RunRow, Told } from './history.ts';

export const t0 = Date.UTC(2026, 0, 15, 12);
const second = 1000;

/** Two jobs, every 2 s for 20 s: an exclusive one that is retried by `rerun` after a fault, and a shared one. */
export function soundHistory(): History {
  const told: Told[] = [];
  const runs: RunRow[] = [];
  const ledger: LedgerRow[] = [];
  const jobs = (['alone', 'shared'] as const).map((name, index) => ({
    id: name,
    name,
    onLost: index === 0 ? ('rerun' as const) : ('fail' as const),
    exclusive: index === 0,
    attempts: 1,
    schedules: [
      { id: `every-${name}`, rule: { kind: 'interval' as const, seconds: 2, start: t0 }, periodMs: 2 * second },
    ],
    from: t0,
    until: t0 + 20 * second,
  }));
  for (const { id: jobId, schedules } of jobs) {
    const scheduleId = schedules[0]?.id ?? '';
    for (let at = t0 + 2 * second; at <= t0 + 20 * second; at += 2 * second) {
      const of = { scheduleId, decidedAt: at + 5 };
      if (at >= t0 + 6 * second && at <= t0 + 8 * second) {
        if (at === t0 + 6 * second)
          ledger.push({ ...of, kind: 'gap', from: at, to: at + 2 * second, count: 2, reason: 'misfire' });
        continue;
      }
      if (at === t0 + 10 * second) {
        ledger.push({ ...of, kind: 'row', dueAt: at, runId: null, reason: 'overlap' });
        continue;
      }
      const id = `${jobId}-${(at - t0) / second}`;
      ledger.push({ ...of, kind: 'row', dueAt: at, runId: id, reason: null });
      const isLost = at === t0 + 12 * second;
      const again = isLost && jobId === 'alone';
      const line = { runId: id, jobId, key: `${scheduleId}@${at}`, pid: 1, exitCode: null, other: null };
      const lostRow = { attempt: 1, outcome: 'lost', reason: 'worker_died', exitCode: null };
      told.push({ ...line, kind: 'start', attempt: 1, fence: 1, at: at + 20 });
      if (!isLost) told.push({ ...line, kind: 'end', attempt: 1, fence: 1, at: at + 500, exitCode: 0 });
      if (again)
        told.push(
          { ...line, kind: 'start', attempt: 2, fence: 2, at: at + 1200 },
          { ...line, kind: 'end', attempt: 2, fence: 2, at: at + 1700, exitCode: 0 },
        );
      runs.push({
        id,
        jobId,
        trigger: 'schedule',
        scheduleId,
        dueAt: at,
        state: isLost && !again ? 'lost' : 'succeeded',
        reason: null,
        note: null,
        createdAt: at + 5,
        startedAt: at + 15,
        endedAt: at + 1800,
        attempts: [
          ...(isLost ? [{ ...lostRow, startedAt: at + 15, endedAt: at + 1000 }] : []),
          ...(!isLost || again
            ? [
                {
                  attempt: again ? 2 : 1,
                  outcome: 'succeeded',
                  reason: null,
                  exitCode: 0,
                  startedAt: at + 15,
                  endedAt: at + 1800,
                },
              ]
            : []),
        ],
      });
    }
  }
  runs.push({
    id: 'asked',
    jobId: 'shared',
    trigger: 'api',
    scheduleId: null,
    dueAt: null,
    state: 'succeeded',
    reason: null,
    note: 'trigger 0',
    createdAt: t0 + 3000,
    startedAt: t0 + 3100,
    endedAt: t0 + 3300,
    attempts: [
      { attempt: 1, outcome: 'succeeded', reason: null, exitCode: 0, startedAt: t0 + 3100, endedAt: t0 + 3300 },
    ],
  });
  const asked = { runId: 'asked', jobId: 'shared', key: 'asked', attempt: 1, fence: 1, pid: 1, other: null };
  told.push({ ...asked, kind: 'start', at: t0 + 3110, exitCode: null });
  told.push({ ...asked, kind: 'end', at: t0 + 3290, exitCode: 0 });
  return {
    database: 'sqlite',
    seed: 0,
    jobs,
    told: told.toSorted((a, b) => a.at - b.at),
    ledger,
    runs,
    triggers: [
      { note: 'trigger 0', jobId: 'shared', at: t0 + 2990, runId: 'asked' },
      { note: 'trigger 1', jobId: 'shared', at: t0 + 3500, runId: null },
    ],
    faults: [{ kind: 'worker_killed', target: 'worker-a', at: t0 + 12_100, until: t0 + 13_000 }],
    remains: { orphans: [], open: 0, crashes: [], integrity: 'ok' },
  };
}
