import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { attemptToWire, instantToCore, runToWire } from 'job-trigger-contract/mapping';
import { describeSchedule, draftVersion, spoken, toUuid, whyItRan, type Run, type RunFilter } from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { namedOf, referenceOf } from '../references.ts';
import { serve } from '../route.ts';

/** Null without any. */
function medianSeconds(durations: readonly number[]): number | null {
  const sorted = [...durations].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return middle === undefined ? null : middle / 1000;
}

export function runRoutes(app: FastifyInstance, { operations, store }: PortalOptions): void {
  const reference = (params: { readonly id: string }) => referenceOf(params.id, 'run');

  async function whyRan(run: Run): Promise<string> {
    const schedule = run.scheduleId === null ? null : await store.schedules.get(run.scheduleId);
    if (schedule === null || run.dueAt === null) return whyItRan(run);
    const words = schedule.name ?? describeSchedule(schedule.spec);
    return whyItRan({ ...run, schedule: words, due: spoken(run.dueAt, schedule.spec.timezone) });
  }

  serve(app, endpoints.listRuns, async ({ query }) => {
    const filter: RunFilter = {
      ...(query.job_id === undefined ? {} : { jobId: referenceOf(query.job_id, 'job').id }),
      ...(query.state === undefined ? {} : { states: query.state }),
      ...(query.trigger === undefined ? {} : { triggers: query.trigger }),
      ...(query.reason === undefined ? {} : { reason: query.reason }),
      ...(query.worker_id === undefined ? {} : { workerId: referenceOf(query.worker_id, 'worker').id }),
      ...(query.from === undefined ? {} : { from: instantToCore(query.from, 'from') }),
      ...(query.to === undefined ? {} : { to: instantToCore(query.to, 'to') }),
    };
    const page = await operations.runs.list(filter, { limit: query.limit, after: query.cursor ?? null });
    const named = await namedOf(store, page.items);
    return { items: page.items.map((run) => runToWire(run, named)), next_cursor: page.next, limit: query.limit };
  });

  serve(app, endpoints.getRun, async ({ params }) => {
    const { run, attempts, trees } = await operations.runs.get(reference(params));
    const named = await namedOf(store, [run]);
    return {
      ...runToWire(run, named),
      attempts: attempts.map((attempt) => attemptToWire(attempt, named, trees.get(attempt.attempt) ?? null)),
      why: await whyRan(run),
      // A draft has no other runs to tell what is usual.
      usual_seconds: run.jobVersion === draftVersion ? null : medianSeconds(await store.runs.durations(run.jobId, 20)),
    };
  });

  serve(app, endpoints.cancelRun, async ({ params, actor }) => {
    await operations.runs.cancel(reference(params), actor);
    return { run_id: params.id };
  });

  serve(app, endpoints.retryRun, async ({ params, body, actor, once }) => {
    const again = await operations.runs.retry(
      reference(params),
      { parameters: body?.parameters, note: body?.note },
      actor,
      once,
    );
    return { run_id: toUuid(again) };
  });
}
