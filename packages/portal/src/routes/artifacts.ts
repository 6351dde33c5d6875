import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { artifactToWire } from 'job-trigger-contract/mapping';
import { JobTriggerError, servedType, zipOf, zipSize, type Artifact, type Reference } from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { rangeOf } from '../range.ts';
import { referenceOf } from '../references.ts';
import { serve } from '../route.ts';

/** What a browser saves it as: nothing in it can leave the header or a folder (RFC 6266, 8187). */
function disposition(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  const plain = last.replaceAll(/[^\w.-]/g, '_');
  const whole = encodeURIComponent(last).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`;
}

/** A job may have written anything: nothing of it is shown by a browser, guessed at, or carried out. */
function guard(reply: FastifyReply, name: string): void {
  void reply
    .header('content-disposition', disposition(name))
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', "sandbox; default-src 'none'")
    .header('cache-control', 'private, no-store');
}

/** Where several attempts left files, each has a folder: their names may be the same. */
function archiveNames(artifacts: readonly Artifact[]): readonly string[] {
  const several = new Set(artifacts.map(({ attempt }) => attempt)).size > 1;
  return artifacts.map(({ attempt, name }) => (several ? `attempt-${attempt}/${name}` : name));
}

export function artifactRoutes(app: FastifyInstance, { operations }: PortalOptions): void {
  async function jobOf(run: Reference): Promise<Reference> {
    const { jobId: id, jobCreatedAt: createdAt } = (await operations.runs.get(run)).run;
    return { id, createdAt };
  }

  async function sendBytes(request: FastifyRequest, reply: FastifyReply, artifact: Artifact): Promise<never> {
    const { bytes: size, sha256 } = artifact;
    const tag = `"${sha256}"`;
    const asked = request.headers['if-range'];
    void reply.header('accept-ranges', 'bytes').header('etag', tag).header('content-range', `bytes */${size}`);
    const range = asked === undefined || asked === tag ? rangeOf(request.headers.range, size, 'file') : null;
    const span = range ?? { from: 0, to: size };
    const pieces = await operations.artifacts.read(artifact, span);
    if (range === null) void reply.removeHeader('content-range');
    else void reply.code(206).header('content-range', `bytes ${span.from}-${span.to - 1}/${size}`);
    guard(reply, artifact.name);
    void reply.type(servedType(artifact.type)).header('content-length', span.to - span.from);
    return reply.send(Readable.from(pieces, { objectMode: false })) as never;
  }

  function sendZip(reply: FastifyReply, artifacts: readonly Artifact[], name: string): never {
    const names = archiveNames(artifacts);
    const entries = artifacts.map((artifact, at) => ({
      name: names[at] ?? artifact.name,
      bytes: artifact.bytes,
      crc32: artifact.crc32 ?? 0,
      at: artifact.createdAt,
      read: () => operations.artifacts.read(artifact, { from: 0, to: artifact.bytes }),
    }));
    const size = zipSize(entries);
    if (size === null)
      throw new JobTriggerError('too_large', 'The files are too large for one archive (4 GB). Save them one by one.');
    guard(reply, name);
    void reply.type('application/zip').header('content-length', size);
    return reply.send(Readable.from(zipOf(entries), { objectMode: false })) as never;
  }

  serve(app, endpoints.listArtifacts, async ({ params, query, reply }) => {
    const run = referenceOf(params.id, 'run');
    const artifacts = await operations.artifacts.list(run);
    const kept = artifacts.filter(({ problem }) => problem === null);
    if (query.format === 'zip') return sendZip(reply, kept, `artifacts-${params.id}.zip`);
    const job = await jobOf(run);
    return {
      items: artifacts.map((artifact) => artifactToWire(artifact, job)),
      bytes: kept.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  });

  serve(app, endpoints.getArtifact, async ({ params, query, request, reply }) => {
    const run = referenceOf(params.id, 'run');
    const artifact = await operations.artifacts.get(run, referenceOf(params.artifact_id, 'artifact'));
    if (query.download === true) return sendBytes(request, reply, artifact);
    return artifactToWire(artifact, await jobOf(run));
  });

  serve(app, endpoints.artifactVersions, async ({ params, query }) => {
    const run = referenceOf(params.id, 'run');
    const of = referenceOf(params.artifact_id, 'artifact');
    const page = await operations.artifacts.versions(run, of, { limit: query.limit, after: query.cursor ?? null });
    const job = await jobOf(run);
    return {
      items: page.items.map((artifact) => artifactToWire(artifact, job)),
      next_cursor: page.next,
      limit: query.limit,
    };
  });
}
