import type { FastifyInstance } from 'fastify';
import { endpoints, mostAtOnce, type BulkResult } from 'job-trigger-contract';
import { instantToCore } from 'job-trigger-contract/mapping';
import { fromUuid, invalidField, JobTriggerError, toUuid, type BulkItem, type Reference } from 'job-trigger-core';
import { pageOfJobs, present } from '../job-pages.ts';
import type { PortalOptions } from '../portal.ts';
import { serve, type Caller } from '../route.ts';
import { runFilterOf } from '../run-filter.ts';

/** One of those that were asked for; without a reference it is an id of nothing. */
interface Chosen {
  readonly id: string;
  readonly reference: Reference | null;
  readonly name: string | null;
}
interface Choice {
  readonly chosen: readonly Chosen[];
  readonly more: boolean;
}

/** Each once, however often it was named. */
const byId = (ids: readonly string[]): readonly { readonly id: string; readonly reference: Reference | null }[] =>
  [...new Set(ids.map((id) => id.toLowerCase()))].map((id) => ({ id, reference: fromUuid(id) }));

const nothing = (what: string): BulkItem => ({
  refusal: { code: 'not_found', message: `There is no such ${what}.` },
  made: null,
});

function resultOf(
  { chosen, more }: Choice,
  told: { readonly act: string; readonly dryRun: boolean },
  results: ReadonlyMap<string, BulkItem>,
): BulkResult {
  const items = chosen.map(({ id, name }) => {
    const { refusal, made } = results.get(id) ?? { refusal: null, made: null };
    return {
      id,
      name,
      ok: refusal === null,
      code: refusal?.code ?? null,
      message: refusal?.message ?? null,
      run_id: made === null ? null : toUuid(made),
    };
  });
  const done = items.filter(({ ok }) => ok).length;
  return { act: told.act, dry_run: told.dryRun, done, failed: items.length - done, more, items };
}

/** Does it to those that are there; of the others it is told that they are not. */
async function carryOut(
  choice: Choice,
  told: { readonly act: string; readonly dryRun: boolean; readonly what: string },
  act: (references: readonly Reference[]) => Promise<readonly BulkItem[]>,
): Promise<BulkResult> {
  const known = choice.chosen.filter(({ name }) => name !== null);
  const references = known.flatMap(({ reference }) => (reference === null ? [] : [reference]));
  const items = told.dryRun ? [] : await act(references);
  const results = new Map<string, BulkItem>();
  known.forEach(({ id }, at) => {
    const item = items[at];
    if (item !== undefined) results.set(id, item);
  });
  for (const { id, name } of choice.chosen) if (name === null) results.set(id, nothing(told.what));
  return resultOf(choice, told, results);
}

function oneOf(ids: unknown, filter: unknown): void {
  if ((ids === undefined) === (filter === undefined)) throw invalidField('ids', 'give either ids or a filter');
}

function refuseOperators(caller: Caller | null): void {
  if (caller?.role === 'operator') throw new JobTriggerError('forbidden', 'This needs the role editor.');
}

/** One act on many, each with its result. */
export function bulkRoutes(app: FastifyInstance, { operations, store, config }: PortalOptions): void {
  serve(app, endpoints.bulkJobs, async ({ body, actor, request }) => {
    const { act, ids, filter, reason, note, dry_run: dryRun = false } = body;
    oneOf(ids, filter);
    if (act !== 'run') refuseOperators(request.caller);
    const until = body.until === undefined || body.until === null ? null : instantToCore(body.until, 'until');

    async function named(): Promise<Choice> {
      const chosen = byId(ids ?? []).map(async ({ id, reference }) => {
        const job = reference === null ? null : await store.jobs.get(reference.id);
        const isThere = job !== null && job.createdAt === reference?.createdAt && job.version > 0;
        return { id, reference, name: isThere ? job.definition.name : null };
      });
      return { chosen: await Promise.all(chosen), more: false };
    }
    async function matching(): Promise<Choice> {
      const { status, ...rest } = filter ?? {};
      const deleted = act === 'restore' ? true : rest.deleted;
      const request = {
        filter: present({ ...rest, deleted }),
        shown: config.values.engine.breaker.shown,
        status,
        limit: mostAtOnce,
        after: null,
        mostPages: Infinity,
      };
      const page = await pageOfJobs(operations.jobs, request);
      const chosen = page.items.map(({ job }) => ({ id: toUuid(job), reference: job, name: job.definition.name }));
      return { chosen, more: page.next !== null };
    }
    const choice = ids === undefined ? await matching() : await named();
    return carryOut(choice, { act, dryRun, what: 'job' }, (references) =>
      operations.bulk.jobs(
        act,
        references.map(({ id }) => id),
        { reason, until, note },
        actor,
      ),
    );
  });

  serve(app, endpoints.bulkRuns, async ({ body, actor }) => {
    const { act, ids, filter, note, dry_run: dryRun = false } = body;
    oneOf(ids, filter);
    async function named(): Promise<Choice> {
      const chosen = byId(ids ?? []).map(async ({ id, reference }) => {
        const run = reference === null ? null : await store.runs.get(reference);
        return { id, reference, name: run?.jobName ?? null };
      });
      return { chosen: await Promise.all(chosen), more: false };
    }
    async function matching(): Promise<Choice> {
      const page = await operations.runs.list(runFilterOf(filter ?? {}), { limit: mostAtOnce });
      // The oldest first, so that they run again in the order in which they were made.
      const runs = page.items.toReversed();
      return {
        chosen: runs.map((run) => ({ id: toUuid(run), reference: run, name: run.jobName })),
        more: page.next !== null,
      };
    }
    const choice = ids === undefined ? await matching() : await named();
    return carryOut(choice, { act, dryRun, what: 'run' }, (references) =>
      operations.bulk.runs(act, references, { note }, actor),
    );
  });
}
