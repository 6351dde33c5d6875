/** As much of the S3 protocol as artifacts need, over real HTTP, holding what it gets in memory. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface S3Server {
  readonly endpoint: string;
  /** By `bucket/key`. */
  readonly objects: Map<string, Buffer>;
  /** Uploads in parts that have neither been completed nor given up. */
  readonly uploads: Map<string, Map<number, Buffer>>;
  /** What came: method and path with query. */
  readonly calls: string[];
  close(): Promise<void>;
}

function kindOf(query: URLSearchParams): string {
  if (query.has('uploads')) return ' begin';
  if (query.has('uploadId')) return ' part';
  return query.has('list-type') ? ' list' : '';
}

interface Call {
  readonly place: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly uploadId: string;
  readonly range: string | undefined;
  readonly response: ServerResponse;
}

export async function startS3Server(accessKeyId: string): Promise<S3Server> {
  const objects = new Map<string, Buffer>();
  const uploads = new Map<string, Map<number, Buffer>>();
  const calls: string[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    const { pathname, searchParams: query } = new URL(url, 'http://localhost');
    const place = decodeURIComponent(pathname.slice(1));
    const body = await buffer(request);
    calls.push(`${method} ${url}`);
    const signed = headers.authorization?.startsWith(`AWS4-HMAC-SHA256 Credential=${accessKeyId}/`) === true;
    if (!signed || headers['x-amz-content-sha256'] === undefined) return error(response, 403, 'AccessDenied');
    const uploadId = query.get('uploadId');
    const act = acts[method + kindOf(query)];
    if (act === undefined) return error(response, 405, 'MethodNotAllowed');
    act({ place, query, body, uploadId: uploadId ?? '', range: headers.range, response });
  }

  const acts: Readonly<Record<string, (call: Call) => void>> = {
    'POST begin': ({ response }) => {
      const id = `upload-${uploads.size + calls.length}`;
      uploads.set(id, new Map());
      xml(response, `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
    },
    'PUT part': ({ query, body, uploadId, response }) => {
      uploads.get(uploadId)?.set(Number(query.get('partNumber')), body);
      response.writeHead(200, { etag: `"${query.get('partNumber')}"` }).end();
    },
    'POST part': ({ place, uploadId, response }) => {
      const parts = [...(uploads.get(uploadId) ?? [])].toSorted(([one], [other]) => one - other);
      objects.set(place, Buffer.concat(parts.map(([, part]) => part)));
      uploads.delete(uploadId);
      xml(response, '<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>');
    },
    'DELETE part': ({ uploadId, response }) => {
      uploads.delete(uploadId);
      response.writeHead(204).end();
    },
    DELETE: ({ place, response }) => {
      objects.delete(place);
      response.writeHead(204).end();
    },
    PUT: ({ place, body, response }) => {
      objects.set(place, body);
      response.writeHead(200, { etag: '"x"' }).end();
    },
    HEAD: ({ place, response }) => void response.writeHead(objects.has(place) ? 200 : 404).end(),
    'GET list': ({ place, query, response }) => list(response, place, query),
    GET: ({ place, range, response }) => {
      const found = objects.get(place);
      if (found === undefined) return error(response, 404, 'NoSuchKey');
      const [, from = '0', to = ''] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
      response.writeHead(range === undefined ? 200 : 206).end(found.subarray(Number(from), Number(to) + 1));
    },
  };

  /** Two keys a page, so that there are several. */
  function list(response: ServerResponse, bucket: string, query: URLSearchParams): void {
    const before = `${bucket.replace(/\/$/, '')}/`;
    const keys = [...objects.keys()]
      .filter((key) => key.startsWith(before + (query.get('prefix') ?? '')))
      .map((key) => key.slice(before.length))
      .toSorted();
    const from = Number(query.get('continuation-token') ?? 0);
    const shown = keys.slice(from, from + 2);
    const more = keys.length > from + 2;
    const contents = shown
      .map((key) => `<Contents><Key>${key}</Key><LastModified>2026-01-15T12:00:00.000Z</LastModified></Contents>`)
      .join('');
    const next = more ? `<NextContinuationToken>${from + 2}</NextContinuationToken>` : '';
    xml(response, `<ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents}</ListBucketResult>`);
  }

  const server = createServer((request, response) => void answer(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    objects,
    uploads,
    calls,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function xml(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?>${text}`);
}

function error(response: ServerResponse, status: number, code: string): void {
  response
    .writeHead(status, { 'content-type': 'application/xml' })
    .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}
