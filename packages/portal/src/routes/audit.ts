import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { csvLine, endpoints, type AuditRow } from 'job-trigger-contract';
import {
  auditFilterToCore,
  auditToWire,
  signedHeadToCore,
  signedHeadToWire,
  verdictToWire,
} from 'job-trigger-contract/mapping';
import { auditActions, formatInstant, type AuditFilter, type AuditRow as CoreRow } from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { serve } from '../route.ts';

const columns = [
  'sequence',
  'at',
  'who',
  'via',
  'address',
  'request_id',
  'action',
  'subject_kind',
  'subject_id',
  'subject_name',
  'changes',
  'hash',
] as const;

function csvOf({ sequence, at, who, action, subject, changes, hash }: AuditRow): string {
  const { name, via, address, request_id: request } = who;
  const told = changes.length === 0 ? null : JSON.stringify(changes);
  const { kind, id, name: called } = subject;
  return csvLine([sequence, at, name, via, address, request, action, kind, id, called, told, hash]);
}

const types = { csv: 'text/csv; charset=utf-8', jsonl: 'application/jsonl; charset=utf-8' } as const;

export function auditRoutes(app: FastifyInstance, { operations, store, system }: PortalOptions): void {
  const { audit } = operations;

  async function wireOf(rows: readonly CoreRow[]): Promise<AuditRow[]> {
    const ids = new Set(rows.flatMap(({ who }) => who.personId ?? []));
    const people = new Map<number, number>();
    for (const id of ids) {
      const person = await store.people.get(id);
      if (person !== null) people.set(id, person.createdAt);
    }
    return rows.map((row) => auditToWire(row, people));
  }

  async function* linesOf(filter: AuditFilter, format: 'csv' | 'jsonl'): AsyncGenerator<string> {
    if (format === 'csv') yield csvLine(columns);
    for await (const rows of audit.each(filter))
      yield (await wireOf(rows)).map((row) => (format === 'csv' ? csvOf(row) : `${JSON.stringify(row)}\n`)).join('');
  }

  function sendFile(reply: FastifyReply, filter: AuditFilter, format: 'csv' | 'jsonl'): never {
    const stamp = formatInstant(system.clock.wall()).slice(0, 10);
    void reply.type(types[format]).header('cache-control', 'no-store');
    void reply.header('content-disposition', `attachment; filename="audit-${stamp}.${format}"`);
    return reply.send(Readable.from(linesOf(filter, format), { objectMode: false })) as never;
  }

  serve(app, endpoints.listAudit, async ({ query, reply }) => {
    const filter = auditFilterToCore(query);
    if (query.format !== 'json') return sendFile(reply, filter, query.format);
    const page = await audit.list(filter, { limit: query.limit, after: query.cursor ?? null });
    return { items: await wireOf(page.items), next_cursor: page.next, limit: query.limit };
  });
  serve(app, endpoints.auditActions, () => ({
    items: Object.entries(auditActions).map(([action, text]) => ({ action, text })),
  }));
  serve(app, endpoints.auditHead, async () => signedHeadToWire(await audit.head()));
  serve(app, endpoints.verifyAudit, async ({ body: { head } }) =>
    verdictToWire(await audit.verify(head === undefined ? null : signedHeadToCore(head))),
  );
}
