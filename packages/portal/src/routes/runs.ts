import type { FastifyInstance } from 'fastify';
import { endpoints, type RunDetail } from 'job-trigger-contract';
import {
  attemptToWire,
  chainToWire,
  explanationToWire,
  instantToCore,
  lateResultToWire,
  runToWire,
} from 'job-trigger-contract/mapping';
import { draftVersion, toUuid, type Run, type RunFilter } from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { namedOf, referenceOf } from '../references.ts';
import { serve } from '../route.ts';
import { explainWaiting } from '../waiting.ts';

/** Null without any. */
function medianSeconds(durations: readonly number[]): number | null {
  const sorted = [...durations].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return middle === undefined ? null : middle / 1000;
}

export function runRoutes(app: FastifyInstance, options: PortalOptions): void {
  const { operations, store } = options;
  const reference = (params: { readonly id: string }) => referenceOf(params.id, 'run');

  async function lateResults(run: Run): Promise<RunDetail['late_results']> {
    const filter = { kinds: ['run.late_result'], runId: run.id, from: run.createdAt };
    const { items } = await store.events.list(filter, { limit: 20 });
    return items.toReversed().map(lateResultToWire);
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
    return { items: [...(await explainWaiting(options, page.items))], next_cursor: page.next, limit: query.limit };
  });

  serve(app, endpoints.getRun, async ({ params }) => {
    const { run, attempts, trees } = await operations.runs.get(reference(params));
    const named = await namedOf(store, [run]);
    const { ran, state } = await operations.why.run(run);
    const now = state === null ? {} : { reason: state.code, reason_text: state.sentence };
    return {
      ...runToWire(run, named),
      ...now,
      attempts: attempts.map((attempt) => attemptToWire(attempt, named, trees.get(attempt.attempt) ?? null)),
      why: ran.sentence,
      why_ran: explanationToWire(ran),
      why_state: state === null ? null : explanationToWire(state),
      chain: chainToWire(await operations.chains.ofRun(run)),
      late_results: await lateResults(run),
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
      { parameters: body?.parameters, note: body?.note, withDownstream: body?.with_downstream },
      actor,
      once,
    );
    return { run_id: toUuid(again) };
  });
}
