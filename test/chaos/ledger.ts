/** The ledger and the record, as REST tells them. */
import type { Client } from 'job-trigger-contract';
import type { AttemptRow, LedgerRow, RunRow, Shift } from './history.ts';
import { machineTime } from './shift.ts';

type Page<T> = Promise<{ readonly items: readonly T[]; readonly next_cursor: string | null }>;

async function all<T>(read: (cursor: string | undefined) => Page<T>): Promise<T[]> {
  const found: T[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await read(cursor);
    found.push(...page.items);
    if (page.next_cursor === null) return found;
    cursor = page.next_cursor;
  }
}

const at = (text: string | null | undefined): number | null =>
  text === null || text === undefined ? null : Date.parse(text);
const known = (text: string | null | undefined): number => at(text) ?? Number.NaN;

/** @param shifts when the clock was wrong: what was decided then is told in the machine's time */
export async function readLedger(
  client: Client,
  jobIds: readonly string[],
  shifts: readonly Shift[],
): Promise<LedgerRow[]> {
  const rows: LedgerRow[] = [];
  for (const id of jobIds) {
    const entries = await all((cursor) => client.jobOccurrences({ params: { id }, query: { limit: 500, cursor } }));
    for (const entry of entries) {
      const of = {
        scheduleId: entry.schedule_id ?? '',
        reason: entry.reason,
        decidedAt: machineTime(shifts, known(entry.decided_at)),
      };
      rows.push(
        entry.kind === 'occurrence'
          ? { ...of, kind: 'row', dueAt: known(entry.due_at), runId: entry.run_id ?? null }
          : { ...of, kind: 'gap', from: known(entry.from), to: known(entry.to), count: entry.count ?? 0 },
      );
    }
  }
  return rows;
}

export async function readRuns(client: Client, shifts: readonly Shift[]): Promise<RunRow[]> {
  const happened = (text: string | null | undefined): number | null => {
    const told = at(text);
    return told === null ? null : machineTime(shifts, told);
  };
  const listed = await all((cursor) => client.listRuns({ query: { limit: 500, cursor } }));
  const rows: RunRow[] = [];
  const left = listed.map(({ id }) => id);
  const read = async (): Promise<void> => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      const run = await client.getRun({ params: { id } });
      rows.push({
        id,
        jobId: run.job_id,
        trigger: run.trigger,
        scheduleId: run.schedule_id,
        dueAt: at(run.due_at),
        state: run.state,
        reason: run.reason,
        note: run.note,
        createdAt: happened(run.created_at) ?? Number.NaN,
        startedAt: happened(run.started_at),
        endedAt: happened(run.ended_at),
        attempts: run.attempts.map((attempt): AttemptRow => ({
          attempt: attempt.attempt,
          workerId: attempt.worker_id,
          outcome: attempt.outcome,
          reason: attempt.reason,
          exitCode: attempt.exit_code,
          startedAt: happened(attempt.started_at),
          endedAt: happened(attempt.ended_at) ?? Number.NaN,
        })),
      });
    }
  };
  await Promise.all([read(), read(), read(), read()]);
  return rows.toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
}
