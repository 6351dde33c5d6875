import type { FastifyInstance } from 'fastify';
import { endpoints, type RunDetail } from 'job-trigger-contract';
import {
  adviceToWire,
  attemptToWire,
  cancelRequestToWire,
  chainToWire,
  comparisonToWire,
  explanationToWire,
  instantToCore,
  lateResultToWire,
  runToWire,
} from 'job-trigger-contract/mapping';
import { categoryOf, draftVersion, formatInstant, toUuid, type Run } from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { namedOf, referenceOf } from '../references.ts';
import { serve, serveShared } from '../route.ts';
import { runFilterOf } from '../run-filter.ts';
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

  serveShared(app, endpoints.listRuns, async ({ query }) => {
    const filter = runFilterOf(query);
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
      recommended_action: ['failed', 'timed_out', 'lost'].includes(run.state) ? adviceToWire(categoryOf(run)) : null,
      artifact_count: await operations.artifacts.count(run),
      chain: chainToWire(await operations.chains.ofRun(run)),
      late_results: await lateResults(run),
      cancel_request: cancelRequestToWire(await operations.runs.cancelRequest(run)),
      // A draft has no other runs to tell what is usual.
      usual_seconds: run.jobVersion === draftVersion ? null : medianSeconds(await store.runs.durations(run.jobId, 20)),
    };
  });

  serve(app, endpoints.compareRuns, async ({ params, query }) => {
    const compared = await operations.runs.compare(reference(params), {
      with: query.with === 'last_success' ? 'last_success' : referenceOf(query.with, 'run'),
      attempt: query.attempt,
      otherAttempt: query.with_attempt,
    });
    const { run, other } = compared;
    return comparisonToWire(compared, await namedOf(store, other === null ? [run] : [run, other]));
  });

  serve(app, endpoints.cancelRun, async ({ params, body, actor }) => {
    await operations.runs.cancel(reference(params), actor, body?.note);
    return { run_id: params.id };
  });

  serve(app, endpoints.retryRun, async ({ params, body, actor, once }) => {
    const again = await operations.runs.retry(
      reference(params),
      {
        parameters: body?.parameters,
        customParameters: body?.custom_parameters,
        resetFailureCount: body?.reset_failure_count,
        at: body?.at === undefined ? undefined : instantToCore(body.at, 'at'),
        note: body?.note,
        withDownstream: body?.with_downstream,
      },
      actor,
      once,
    );
    return {
      run_id: toUuid(again),
      retry_scheduled_at: formatInstant(again.scheduledAt),
      failure_count_reset: again.failureCountReset,
    };
  });
}
