import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';

/** A calendar of coming runs that is read by whoever holds its token. */
export interface CalendarFeed {
  readonly id: Id;
  readonly createdAt: Instant;
  /** Who made it; it ends with the account. Null for one made inside the process. */
  readonly personId: Id | null;
  readonly name: string;
  /** SHA-256 of the token; the token itself is never stored. */
  readonly hash: string;
  /** What it shows; nulls do not narrow. */
  readonly jobId: Id | null;
  readonly tag: string | null;
  readonly search: string | null;
}

export interface FeedTable {
  insert(feed: CalendarFeed): Promise<void>;
  byHash(hash: string): Promise<CalendarFeed | null>;
  /** Newest first. */
  list(): Promise<readonly CalendarFeed[]>;
  /** @returns false when there was none */
  remove(id: Id): Promise<boolean>;
}
