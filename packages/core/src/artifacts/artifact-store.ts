/** Where the bytes of artifacts are kept. They are known by their id alone, never by a name that a job chose. */
import { fromUuid, toUuid, type Reference } from '../model/id.ts';
import { formatInstant, type Instant } from '../model/instant.ts';

/** Something that lies in a store; `of` is null for what is no whole artifact. */
export interface Stored {
  readonly key: string;
  readonly of: Reference | null;
  readonly writtenAt: Instant;
}

/** Bytes from `from` up to and without `to`. */
export interface ByteSpan {
  readonly from: number;
  readonly to: number;
}

export interface ArtifactStore {
  /** All of `source`, on stable storage when the promise resolves, or nothing of it. */
  write(of: Reference, source: AsyncIterable<Uint8Array>): Promise<void>;
  /** Null when it is not there. */
  read(of: Reference, span: ByteSpan): Promise<AsyncIterable<Uint8Array> | null>;
  /** One that is not there is no matter. */
  remove(key: string): Promise<void>;
  list(): AsyncIterable<Stored>;
}

/** `<day, UTC>/<uuid>`: a folder a day, so that none holds too many. */
export function artifactKey(of: Reference): string {
  return `${formatInstant(of.createdAt).slice(0, 10)}/${toUuid(of)}`;
}

/** The artifact that a key names; null for anything else. */
export function artifactOf(key: string): Reference | null {
  const of = fromUuid(key.slice(key.lastIndexOf('/') + 1));
  return of !== null && artifactKey(of) === key ? of : null;
}

/** Bytes go after their row: what ends in between is found by the sweep. */
export async function removeArtifacts(store: ArtifactStore, gone: readonly Reference[]): Promise<void> {
  for (const of of gone) await store.remove(artifactKey(of));
}
