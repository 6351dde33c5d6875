import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { attemptToWire, instantToCore, runToWire } from 'job-trigger-contract/mapping';
import { logPath, LogReader, toUuid, whyItRan, type RunFilter } from 'job-trigger-core';
import { emptyWindow, windowOf } from '../log-window.ts';
import { sendText } from '../log-text.ts';
import type { PortalOptions } from '../portal.ts';
import { namedOf, referenceOf } from '../references.ts';
import { serve } from '../route.ts';

/** Null without any. */
function medianSeconds(durations: readonly number[]): number | null {
  const sorted = [...durations].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return middle === undefined ? null : middle / 1000;
}

export function runRoutes(app: FastifyInstance, { operations, store, config, system }: PortalOptions): void {
  const reference = (params: { readonly id: string }) => referenceOf(params.id, 'run');

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
    return { items: page.items.map((run) => runToWire(run, named(run))), next_cursor: page.next, limit: query.limit };
  });

  serve(app, endpoints.getRun, async ({ params }) => {
    const { run, attempts } = await operations.runs.get(reference(params));
    const named = (await namedOf(store, [run]))(run);
    return {
      ...runToWire(run, named),
      attempts: attempts.map((attempt) => attemptToWire(attempt, named)),
      why: whyItRan(run),
      usual_seconds: medianSeconds(await store.runs.durations(run.jobId, 20)),
    };
  });

  serve(app, endpoints.cancelRun, async ({ params, actor }) => {
    await operations.runs.cancel(reference(params), actor);
    return { run_id: params.id };
  });

  serve(app, endpoints.retryRun, async ({ params, body, actor }) => {
    const again = await operations.runs.retry(
      reference(params),
      { parameters: body?.parameters, note: body?.note },
      actor,
    );
    return { run_id: toUuid(again) };
  });

  serve(app, endpoints.runLog, async ({ params, query, reply }) => {
    const { run } = await operations.runs.get(reference(params));
    const attempt = query.attempt ?? Math.max(1, run.attempt);
    const reader = await LogReader.open(logPath(config.values.dataDir, run, attempt));
    if (reader === null) return emptyWindow(run, attempt);
    if (query.download === true || query.format === 'text') {
      const name =
        query.download === true ? `${run.jobName.replace(/[^\w.-]+/g, '_')}-${toUuid(run)}-${attempt}.log` : null;
      return sendText(reply, reader, name);
    }
    try {
      return await windowOf(reader, { run, attempt, query, now: () => system.clock.mono() });
    } finally {
      await reader.close();
    }
  });
}
