import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import {
  attentionCountToWire,
  attentionDetailToWire,
  attentionToWire,
  instantToCore,
  retriedToWire,
  type AttentionJobFacts,
  type AttentionNames,
} from 'job-trigger-contract/mapping';
import {
  formatInstant,
  invalidField,
  type Actor,
  type AttentionFilter,
  type AttentionItem,
  type Id,
} from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve, serveShared } from '../route.ts';

/** @throws `invalid` for `me` where the caller is no person */
function personOf(who: string, path: string, { personId }: Actor): Id {
  if (who !== 'me') return referenceOf(who, 'person').id;
  if (personId === null) throw invalidField(path, 'me is nobody here: this caller is no person');
  return personId;
}

/** What needs a person, and what they do about it. */
export function attentionRoutes(app: FastifyInstance, { operations, store }: PortalOptions): void {
  const { attention } = operations;

  async function namesOf(items: readonly AttentionItem[]): Promise<AttentionNames> {
    const jobs = await store.jobs.byIds([...new Set(items.flatMap(({ job }) => job?.id ?? []))]);
    const people = new Map<Id, number>();
    for (const id of new Set(items.flatMap(({ ownerId }) => ownerId ?? []))) {
      const person = await store.people.get(id);
      if (person !== null) people.set(id, person.createdAt);
    }
    const names = new Map([...jobs].map(([id, job]) => [id, job.definition.name]));
    return { now: await store.now(), jobs: names, people };
  }
  const wire = async (item: AttentionItem) => attentionToWire(item, await namesOf([item]));
  const idOf = (params: { readonly id: string }): Id => referenceOf(params.id, 'item').id;

  async function factsOf({ job }: AttentionItem, version: number | undefined): Promise<AttentionJobFacts> {
    const known = job === null ? null : await store.jobs.get(job.id);
    if (known === null || known.deletedAt !== null) return { pattern: null, breakerOpen: false, version: null };
    const { pattern } = await operations.jobs.failures(known.id);
    const versions = version === undefined ? [] : (await operations.jobs.versions(known.id, { limit: 50 })).items;
    return {
      pattern,
      breakerOpen: (known.trouble?.breaker ?? null) !== null,
      version: versions.find((one) => one.version === version) ?? null,
    };
  }

  serve(app, endpoints.listAttention, async ({ query, actor }) => {
    const { owner } = query;
    const filter: AttentionFilter = {
      ...(query.state === 'all' ? {} : { state: query.state }),
      ...(query.kind === undefined ? {} : { kinds: query.kind }),
      ...(query.class === undefined ? {} : { categories: query.class }),
      ...(query.job_id === undefined ? {} : { jobId: referenceOf(query.job_id, 'job').id }),
      ...(owner === undefined ? {} : { ownerId: owner === 'none' ? null : personOf(owner, 'owner', actor) }),
    };
    const page = await attention.list(filter, { limit: query.limit, after: query.cursor ?? null });
    const names = await namesOf(page.items);
    return {
      items: page.items.map((item) => attentionToWire(item, names)),
      next_cursor: page.next,
      limit: query.limit,
      checked_at: formatInstant(names.now),
    };
  });

  serveShared(app, endpoints.countAttention, async () =>
    attentionCountToWire(await attention.summary(), await store.now()),
  );

  serve(app, endpoints.getAttention, async ({ params }) => {
    const detail = await attention.get(idOf(params));
    const facts = await factsOf(detail.item, detail.since?.changes.version?.to);
    return attentionDetailToWire(detail, await namesOf([detail.item]), facts);
  });

  serve(app, endpoints.acknowledgeAttention, async ({ params, actor }) =>
    wire(await attention.acknowledge(idOf(params), actor)),
  );

  serve(app, endpoints.assignAttention, async ({ params, body, actor }) => {
    const owner = body.owner === null ? null : personOf(body.owner, 'owner', actor);
    return wire(await attention.assign(idOf(params), owner, actor));
  });

  serve(app, endpoints.noteAttention, async ({ params, body, actor }) =>
    wire(await attention.note(idOf(params), body.note, actor)),
  );

  serve(app, endpoints.snoozeAttention, async ({ params, body, actor }) => {
    const until = body.until === null ? null : instantToCore(body.until, 'until');
    return wire(await attention.snooze(idOf(params), until, actor));
  });

  serve(app, endpoints.resolveAttention, async ({ params, body, actor }) =>
    wire(await attention.resolve(idOf(params), body?.text ?? null, actor)),
  );

  serve(app, endpoints.reopenAttention, async ({ params, actor }) => wire(await attention.reopen(idOf(params), actor)));

  serve(app, endpoints.retryAttention, async ({ params, body, actor }) => {
    const id = idOf(params);
    const request = {
      which: body?.which,
      resetFailureCount: body?.reset_failure_count,
      ...(body?.at === undefined ? {} : { at: instantToCore(body.at, 'at') }),
    };
    const results = await attention.retry(id, request, actor);
    const jobs = await store.jobs.byIds([...new Set(results.map(({ jobId }) => jobId))]);
    const made = new Map([...jobs].map(([job, { createdAt }]) => [job, createdAt]));
    return retriedToWire(results, made, await wire((await attention.get(id)).item));
  });
}
