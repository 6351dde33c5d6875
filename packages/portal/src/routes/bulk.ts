import type { FastifyInstance } from 'fastify';
import { endpoints, mostAtOnce, type BulkResult, type Level } from 'job-trigger-contract';
import { instantToCore } from 'job-trigger-contract/mapping';
import {
  fromUuid,
  invalidField,
  JobTriggerError,
  suffices,
  toUuid,
  type BulkItem,
  type Id,
  type JobLevel,
  type Reference,
} from 'job-trigger-core';
import { levelMissing, levelsOf } from '../access/reach.ts';
import { pageOfJobs, present } from '../job-pages.ts';
import type { PortalOptions } from '../portal.ts';
import { serve, type Caller } from '../route.ts';
import { runFilterOf } from '../run-filter.ts';

/** One of those that were asked for; without a reference it is an id of nothing. */
interface Chosen {
  readonly id: string;
  readonly reference: Reference | null;
  readonly name: string | null;
  /** Of the job, for what is there. */
  readonly jobId: Id | null;
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
  { levels, needs }: { readonly levels: ReadonlyMap<Id, JobLevel>; readonly needs: Level },
  act: (references: readonly Reference[]) => Promise<readonly BulkItem[]>,
): Promise<BulkResult> {
  const there = choice.chosen.filter(({ name }) => name !== null);
  const heldOf = ({ jobId }: Chosen): JobLevel | null => (jobId === null ? null : (levels.get(jobId) ?? null));
  const known = there.filter((one) => suffices(heldOf(one), needs));
  const references = known.flatMap(({ reference }) => (reference === null ? [] : [reference]));
  const items = told.dryRun ? [] : await act(references);
  const results = new Map<string, BulkItem>();
  known.forEach(({ id }, at) => {
    const item = items[at];
    if (item !== undefined) results.set(id, item);
  });
  for (const one of there) {
    const held = heldOf(one);
    if (known.includes(one)) continue;
    const { code, message } = levelMissing(needs, held ?? 'view');
    results.set(one.id, { refusal: { code, message }, made: null });
  }
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
  const levelsIn = (choice: Choice, caller: Caller | null): Promise<ReadonlyMap<Id, JobLevel>> =>
    levelsOf(store, caller ?? { personId: null, role: 'viewer' }, [
      ...new Set(choice.chosen.flatMap(({ jobId }) => jobId ?? [])),
    ]);

  serve(app, endpoints.bulkJobs, async ({ body, actor, request }) => {
    const { act, ids, filter, reason, note, dry_run: dryRun = false } = body;
    oneOf(ids, filter);
    if (act !== 'run') refuseOperators(request.caller);
    const until = body.until === undefined || body.until === null ? null : instantToCore(body.until, 'until');

    async function named(): Promise<Choice> {
      const chosen = byId(ids ?? []).map(async ({ id, reference }) => {
        const job = reference === null ? null : await store.jobs.get(reference.id);
        const isThere = job !== null && job.createdAt === reference?.createdAt && job.version > 0;
        return { id, reference, name: isThere ? job.definition.name : null, jobId: isThere ? job.id : null };
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
      const chosen = page.items.map(({ job }) => ({
        id: toUuid(job),
        reference: job,
        name: job.definition.name,
        jobId: job.id,
      }));
      return { chosen, more: page.next !== null };
    }
    const choice = ids === undefined ? await matching() : await named();
    const right = { levels: await levelsIn(choice, request.caller), needs: act === 'run' ? 'run' : 'edit' } as const;
    return carryOut(choice, { act, dryRun, what: 'job' }, right, (references) =>
      operations.bulk.jobs(
        act,
        references.map(({ id }) => id),
        { reason, until, note },
        actor,
      ),
    );
  });

  serve(app, endpoints.bulkRuns, async ({ body, actor, request }) => {
    const { act, ids, filter, note, dry_run: dryRun = false } = body;
    oneOf(ids, filter);
    async function named(): Promise<Choice> {
      const chosen = byId(ids ?? []).map(async ({ id, reference }) => {
        const run = reference === null ? null : await store.runs.get(reference);
        return { id, reference, name: run?.jobName ?? null, jobId: run?.jobId ?? null };
      });
      return { chosen: await Promise.all(chosen), more: false };
    }
    async function matching(): Promise<Choice> {
      const page = await operations.runs.list(runFilterOf(filter ?? {}), { limit: mostAtOnce });
      // The oldest first, so that they run again in the order in which they were made.
      const runs = page.items.toReversed();
      return {
        chosen: runs.map((run) => ({ id: toUuid(run), reference: run, name: run.jobName, jobId: run.jobId })),
        more: page.next !== null,
      };
    }
    const choice = ids === undefined ? await matching() : await named();
    const right = { levels: await levelsIn(choice, request.caller), needs: 'run' } as const;
    return carryOut(choice, { act, dryRun, what: 'run' }, right, (references) =>
      operations.bulk.runs(act, references, { note }, actor),
    );
  });
}
