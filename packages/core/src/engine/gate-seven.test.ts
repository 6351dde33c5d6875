import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { failed, succeeded, type HandlerOutcome } from '../handlers/handler.ts';
import type { Job } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import { benchOf, type Place } from './test-bench.ts';

const hour = 3_600_000;
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];
const failure = { category: 'script_error', message: 'Exit 1 after 0 s', detail: null } as const;

describe.each(places)('a job with a schedule that waits for another, on %s', (_, place) => {
  const bench = benchOf(place);

  async function given(windowSeconds: number | null = null) {
    const { job: upstream } = await bench().job({ name: 'extract', retry: null });
    const jobs = [{ id: upstream.id, createdAt: upstream.createdAt }];
    const dependsOn = { mode: 'all_success', jobs, windowSeconds } as const;
    const { job } = await bench().job({ dependsOn }, [{ kind: 'hourly', minute: 0, timezone: 'UTC' }]);
    const scheduler = bench().scheduler();
    /** The fates of the instants so far, oldest first. */
    const after = async (ms: number) => {
      bench().clock.advance(ms);
      await scheduler.tick();
      const entries = await bench().ledger(job.id);
      return entries.flatMap((entry) => (entry.kind === 'occurrence' ? [entry] : []));
    };
    return { upstream, job, after };
  }

  async function endOf(job: Job, outcome: HandlerOutcome): Promise<Run> {
    const run = await bench().runOf(job);
    const { worker, stage } = await bench().worker();
    void worker.tick();
    const act = await bench().until(() => stage.acts[0]);
    act.end(outcome);
    await bench().done(worker.idle());
    return bench().read(run);
  }

  test('skips an instant whose prerequisite has not ended, or failed, and names the run that did (R-122)', async () => {
    const { upstream, after } = await given();
    const never = await after(hour);
    expect(never).toMatchObject([{ runId: null, reason: 'dependency', causeRunId: null }]);
    const { id } = await endOf(upstream, failed(failure, { exitCode: 1, retryable: false }));
    const [, then] = await after(hour);
    expect(then).toMatchObject({ runId: null, reason: 'dependency', causeRunId: id });
  });

  test('passes within the window after a success, as often as it is due, and no longer (R-123)', async () => {
    const { upstream, after } = await given(5400);
    await endOf(upstream, succeeded({ exitCode: 0 }));
    const [first] = await after(hour);
    expect([first?.reason, first?.runId]).toEqual([null, expect.any(Number)]);
    const [, late] = await after(hour);
    expect(late).toMatchObject({ runId: null, reason: 'dependency', causeRunId: null });
  });
});
