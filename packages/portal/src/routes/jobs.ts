import type { FastifyInstance } from 'fastify';
import { endpoints, type Job, type ParameterHistory } from 'job-trigger-contract';
import {
  conflictToWire,
  failuresToWire,
  interventionSummaryToWire,
  instantToCore,
  jobChangeToCore,
  jobToWire,
  ledgerToWire,
  newJobToCore,
} from 'job-trigger-contract/mapping';
import {
  formatInstant,
  fromUuid,
  JobTriggerError,
  toUuid,
  type EditConflict,
  type JobFilter,
  type JobSummary,
} from 'job-trigger-core';
import { expectedVersion } from '../expected-version.ts';
import { pageOfJobs, present } from '../job-pages.ts';
import type { PortalOptions } from '../portal.ts';
import { referenceOf, workersNamed } from '../references.ts';
import { serve, serveShared } from '../route.ts';

/** A conflict tells its difference in the fields of the wire. */
function inWireTerms(error: unknown): unknown {
  if (!(error instanceof JobTriggerError) || error.code !== 'edit_conflict' || !('theirs' in error.details))
    return error;
  const conflict = conflictToWire(error.details as unknown as EditConflict);
  return new JobTriggerError('edit_conflict', error.message, conflict, { cause: error });
}

export function jobRoutes(app: FastifyInstance, options: PortalOptions): void {
  const { operations, store } = options;
  const { breaker } = options.config.values.engine;
  const facts = { timezone: options.timezone };
  const idOf = (params: { readonly id: string }): number => referenceOf(params.id, 'job').id;
  /** Asked once for a whole page. */
  async function wireOf(): Promise<(summary: JobSummary) => Job> {
    const named = { schedules: new Map(), workers: await workersNamed(store) };
    return (summary) => jobToWire(summary, named, breaker);
  }
  const answer = async (summary: JobSummary): Promise<Job> => (await wireOf())(summary);

  serveShared(app, endpoints.listJobs, async ({ query }) => {
    const owner = query.owner === undefined ? undefined : (fromUuid(query.owner)?.id ?? -1);
    const filter: JobFilter = present({
      search: query.search,
      type: query.type,
      tag: query.tag,
      ownerId: owner,
      source: query.source,
      // The one status that stands in the row.
      active: query.active ?? (query.status === 'paused' ? false : undefined),
      scheduled: query.scheduled,
      deleted: query.deleted,
    });
    const { status, sort, limit, cursor = null } = query;
    const page = await pageOfJobs(operations.jobs, {
      filter,
      shown: breaker.shown,
      status,
      sort,
      limit,
      after: cursor,
    });
    return {
      items: page.items.map(await wireOf()),
      next_cursor: page.next,
      limit,
      ...(query.total === true && query.status === undefined ? { total: await store.jobs.count(filter) } : {}),
    };
  });

  serve(app, endpoints.createJob, async ({ body, actor, once, reply }) => {
    const created = await answer(await operations.jobs.create(newJobToCore(body, facts), actor, once));
    void reply.header('location', `/api/jobs/${created.id}`).header('etag', `"${created.version}"`);
    return created;
  });

  serve(app, endpoints.getJob, async ({ params, reply }) => {
    const job = await answer(await operations.jobs.get(idOf(params)));
    void reply.header('etag', `"${job.version}"`);
    return job;
  });

  for (const target of [endpoints.putJob, endpoints.patchJob]) {
    serve(app, target, async ({ params, body, actor, request, reply }) => {
      const id = idOf(params);
      const { job } = await operations.jobs.get(id);
      const change = jobChangeToCore(body, job.definition.type, facts);
      const changed = await operations.jobs
        .change(id, change, actor, expectedVersion(request))
        .catch((error: unknown) => {
          throw inWireTerms(error);
        });
      void reply.header('etag', `"${changed.job.version}"`);
      return answer(changed);
    });
  }

  serve(app, endpoints.deleteJob, async ({ params, query, actor }) => {
    await operations.jobs.remove(idOf(params), actor, {
      purge: query.purge === true,
      cancelRunning: query.cancel_running === true,
      force: query.force === true,
    });
    return undefined;
  });
  serve(app, endpoints.restoreJob, async ({ params, actor }) =>
    answer(await operations.jobs.restore(idOf(params), actor)),
  );
  serve(app, endpoints.activateJob, async ({ params, body, actor }) =>
    answer(await operations.jobs.resume(idOf(params), actor, { onResume: body?.on_resume })),
  );
  serve(app, endpoints.deactivateJob, async ({ params, body, actor }) => {
    const until = body?.until === undefined || body.until === null ? null : instantToCore(body.until, 'until');
    const { reason = null, on_resume: onResume } = body ?? {};
    return answer(await operations.jobs.pause(idOf(params), actor, { until, reason, onResume }));
  });
  serve(app, endpoints.runJob, async ({ params, body, actor, once }) => {
    const reference = await operations.runs.start(
      idOf(params),
      {
        parameters: body.parameters,
        allowInactive: body.allow_inactive,
        priority: body.priority,
        note: body.note,
        bypass: body.bypass,
        withDownstream: body.with_downstream,
      },
      actor,
      once,
    );
    return { run_id: toUuid(reference) };
  });
  serve(app, endpoints.runDraft, async ({ body, actor, once }) => {
    const { values, note, ...job } = body;
    const request = { parameters: values, note };
    return { run_id: toUuid(await operations.runs.tryDraft(newJobToCore(job, facts), request, actor, once)) };
  });
  serve(app, endpoints.jobOccurrences, async ({ params, query }) => {
    const id = idOf(params);
    const { limit, cursor = null, from, to, state, reason: reasons, schedule_id } = query;
    const filter = {
      from: from === undefined ? undefined : instantToCore(from, 'from'),
      to: to === undefined ? undefined : instantToCore(to, 'to'),
      state,
      reasons,
      scheduleId: schedule_id === undefined ? undefined : referenceOf(schedule_id, 'schedule').id,
    };
    const page = await operations.jobs.occurrences(id, { limit, after: cursor }, filter);
    const schedules = new Map((await store.schedules.ofJob(id)).map((schedule) => [schedule.id, schedule.createdAt]));
    const explained = await operations.why.entries((await operations.jobs.get(id)).job, page.items);
    const completeFrom = await operations.jobs.ledgerCompleteFrom();
    return {
      items: page.items.flatMap((entry, at) => {
        const why = explained[at];
        return why === undefined ? [] : [ledgerToWire(entry, schedules, why)];
      }),
      next_cursor: page.next,
      limit,
      complete_from: completeFrom === null ? null : formatInstant(completeFrom),
    };
  });
  serve(app, endpoints.jobParameters, async ({ params }) => ({
    items: (await operations.runs.parameterHistory(idOf(params))).map(({ values, runs, last }) => ({
      values: values as ParameterHistory['items'][number]['values'],
      runs,
      last_run: {
        id: toUuid(last),
        state: last.state,
        created_at: formatInstant(last.createdAt),
        requested_by: last.requestedBy,
      },
    })),
  }));
  serve(app, endpoints.jobVersions, async ({ params, query }) => {
    const page = await operations.jobs.versions(idOf(params), { limit: query.limit, after: query.cursor ?? null });
    const items = page.items.map(({ version, createdAt, author, note }) => ({
      version,
      created_at: formatInstant(createdAt),
      author,
      note,
    }));
    return { items, next_cursor: page.next, limit: query.limit };
  });
  serve(app, endpoints.jobFailures, async ({ params }) =>
    failuresToWire(await operations.jobs.failures(idOf(params)), breaker),
  );
  serve(app, endpoints.resetJob, async ({ params, actor }) => answer(await operations.jobs.reset(idOf(params), actor)));
  serve(app, endpoints.intervention, async () =>
    interventionSummaryToWire(await operations.jobs.intervention(), { now: await store.now(), settings: breaker }),
  );
}
