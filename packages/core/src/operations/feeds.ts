/** Calendars of coming runs that other programs subscribe to, each by a token of its own. */
import { invalidField } from '../errors.ts';
import { hashOfToken } from '../model/token-hash.ts';
import type { Id } from '../model/id.ts';
import type { CalendarFeed } from '../store/feed-table.ts';
import type { Actor, OperationContext } from './context.ts';
import { audited, note, subjectOf } from './audited.ts';
import { livingJob, notFound } from './jobs.ts';

export interface NewFeed {
  readonly name: string;
  readonly jobId?: Id | null;
  readonly tag?: string | null;
  readonly search?: string | null;
}

export interface FeedOperations {
  /** The token is told here and never again. @throws `invalid`, `not_found` for the job */
  create(input: NewFeed, actor: Actor): Promise<{ readonly feed: CalendarFeed; readonly token: string }>;
  list(): Promise<readonly CalendarFeed[]>;
  /** Ends the token at once. @throws `not_found` */
  remove(id: Id, actor: Actor): Promise<void>;
  /** The feed of a token; null for one that is none, was ended, or whose maker's account was. */
  byToken(token: string): Promise<CalendarFeed | null>;
}

export function feedOperations({ store, system }: OperationContext): FeedOperations {
  return {
    async create(input, actor) {
      const name = input.name.trim();
      if (name === '' || name.length > 100) throw invalidField('name', 'needs 1 to 100 characters');
      if (typeof input.jobId === 'number') await livingJob(store, input.jobId);
      const token = Buffer.from(system.random.bytes(32)).toString('base64url');
      const [id = 0] = await store.ids(1);
      const feed = await audited(store, async (tables) => {
        const made: CalendarFeed = {
          id,
          createdAt: await tables.now(),
          personId: actor.personId,
          name,
          hash: hashOfToken(token),
          jobId: input.jobId ?? null,
          tag: input.tag ?? null,
          search: input.search ?? null,
        };
        await tables.feeds.insert(made);
        await tables.events.append([{ kind: 'feed.created', actor: actor.name, data: { name, via: actor.via } }]);
        await note(tables, actor, { action: 'feed.created', subject: subjectOf('feed', made), after: made });
        return made;
      });
      return { feed, token };
    },

    list: () => store.feeds.list(),

    async remove(id, actor) {
      await audited(store, async (tables) => {
        const feed = (await tables.feeds.list()).find((each) => each.id === id);
        if (feed === undefined || !(await tables.feeds.remove(id))) throw notFound('feed');
        const data = { name: feed.name, via: actor.via };
        await tables.events.append([{ kind: 'feed.removed', actor: actor.name, data }]);
        await note(tables, actor, { action: 'feed.removed', subject: subjectOf('feed', feed), before: feed });
      });
    },

    async byToken(token) {
      const feed = await store.feeds.byHash(hashOfToken(token));
      if (feed === null || feed.personId === null) return feed;
      const person = await store.people.get(feed.personId);
      return person?.active === true ? feed : null;
    },
  };
}
