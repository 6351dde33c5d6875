/**
 * Artifacts in a bucket of any store that speaks the S3 protocol. The client comes only with the first use: it is a large
 * package that most installations never need, and have to install themselves (`@aws-sdk/client-s3`).
 *
 * A file goes in parts, so that none is held whole; the store shows it when its last part is in. What an interrupted
 * upload leaves is unseen: a rule of the bucket that ends incomplete uploads frees its space.
 */
import type * as S3 from '@aws-sdk/client-s3';
import { JobTriggerError } from '../errors.ts';
import type { S3Settings } from '../model/artifact.ts';
import type { Reference } from '../model/id.ts';
import { artifactKey, artifactOf, type ArtifactStore, type ByteSpan, type Stored } from './artifact-store.ts';

type Library = typeof S3;

interface Opened {
  readonly library: Library;
  readonly client: S3.S3Client;
}

/** The protocol wants 5 MiB at least of every part but the last, and 10 000 parts at most. */
const smallestPart = 8 * 1024 * 1024;
const partsBeforeGrowth = 1000;
const requestMs = 120_000;

export class S3Artifacts implements ArtifactStore {
  readonly #settings: S3Settings;
  #opened: Promise<Opened> | null = null;

  constructor(settings: S3Settings) {
    this.#settings = settings;
  }

  async write(of: Reference, source: AsyncIterable<Uint8Array>): Promise<void> {
    const { library, client } = await this.#open();
    const place = this.#place(artifactKey(of));
    const parts = partsOf(source);
    const head = await parts.next();
    const next = head.done === true ? head : await parts.next();
    if (head.done === true || next.done === true) {
      const body = head.done === true ? new Uint8Array() : head.value;
      await client.send(new library.PutObjectCommand({ ...place, Body: body, ContentLength: body.length }));
      return;
    }
    const { UploadId } = await client.send(new library.CreateMultipartUploadCommand(place));
    try {
      const done: { readonly ETag: string | undefined; readonly PartNumber: number }[] = [];
      const put = async (body: Uint8Array): Promise<void> => {
        const PartNumber = done.length + 1;
        const part = { ...place, UploadId, PartNumber, Body: body, ContentLength: body.length };
        const { ETag } = await client.send(new library.UploadPartCommand(part));
        done.push({ ETag, PartNumber });
      };
      await put(head.value);
      await put(next.value);
      for await (const part of parts) await put(part);
      const whole = { ...place, UploadId, MultipartUpload: { Parts: done } };
      await client.send(new library.CompleteMultipartUploadCommand(whole));
    } catch (error) {
      await client.send(new library.AbortMultipartUploadCommand({ ...place, UploadId })).catch(() => undefined);
      throw error;
    }
  }

  async read(of: Reference, span: ByteSpan): Promise<AsyncIterable<Uint8Array> | null> {
    const { library, client } = await this.#open();
    const place = this.#place(artifactKey(of));
    const found = await client.send(new library.HeadObjectCommand(place)).catch((error: unknown) => {
      if (statusOf(error) === 404) return null;
      throw error;
    });
    return found === null ? null : piecesOf({ library, client }, place, span);
  }

  async remove(key: string): Promise<void> {
    const { library, client } = await this.#open();
    await client.send(new library.DeleteObjectCommand(this.#place(key)));
  }

  async *list(): AsyncIterable<Stored> {
    const { library, client } = await this.#open();
    const { bucket, prefix } = this.#settings;
    let after: string | undefined;
    do {
      const page = await client.send(
        new library.ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          ...(after === undefined ? {} : { ContinuationToken: after }),
        }),
      );
      for (const { Key = '', LastModified } of page.Contents ?? []) {
        const key = Key.slice(prefix.length);
        const of = artifactOf(key);
        // A bucket may hold what others put there: only what bears our names is ours to take away.
        if (of !== null) yield { key, of, writtenAt: LastModified?.getTime() ?? 0 };
      }
      after = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (after !== undefined);
  }

  #place(key: string): { readonly Bucket: string; readonly Key: string } {
    const { bucket, prefix } = this.#settings;
    return { Bucket: bucket, Key: `${prefix}${key}` };
  }

  #open(): Promise<Opened> {
    this.#opened ??= openClient(this.#settings);
    return this.#opened;
  }
}

/** Asked for only when somebody reads: a caller that has gone by then leaves no answer hanging. */
async function* piecesOf(
  { library, client }: Opened,
  place: { readonly Bucket: string; readonly Key: string },
  { from, to }: ByteSpan,
): AsyncGenerator<Uint8Array> {
  if (from >= to) return;
  const { Body } = await client.send(new library.GetObjectCommand({ ...place, Range: `bytes=${from}-${to - 1}` }));
  yield* Body as AsyncIterable<Uint8Array>;
}

async function openClient(settings: S3Settings): Promise<Opened> {
  const library = await import('@aws-sdk/client-s3').catch((cause: unknown) => {
    const message =
      'Artifacts go to an S3 store, and its client is not installed: npm install @aws-sdk/client-s3@3.1169.0';
    throw new JobTriggerError('configuration_invalid', message, {}, { cause });
  });
  const { endpoint, region, accessKeyId, secretAccessKey, pathStyle } = settings;
  const hasKey = accessKeyId !== null && secretAccessKey !== null;
  const client = new library.S3Client({
    region,
    forcePathStyle: pathStyle,
    ...(endpoint === null ? {} : { endpoint }),
    ...(hasKey ? { credentials: { accessKeyId, secretAccessKey } } : {}),
    // Other makers' stores do not know the newer checksums; ours stands in the database.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { requestTimeout: requestMs, connectionTimeout: 10_000 },
  });
  return { library, client };
}

function statusOf(error: unknown): number | undefined {
  return (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

/** Pieces put together to parts, which grow with their number so that it stays within the protocol's. */
async function* partsOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, undefined> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  let made = 0;
  for await (const piece of source) {
    pieces.push(Uint8Array.from(piece));
    size += piece.length;
    if (size < smallestPart * (1 + Math.floor(made / partsBeforeGrowth))) continue;
    yield Buffer.concat(pieces);
    made += 1;
    pieces = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(pieces);
  return undefined;
}
