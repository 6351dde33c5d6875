/** `GET /api/stream`: server-sent events (WHATWG HTML, 9.2) that hint at what changed; REST has every fact. */
import type { FastifyInstance } from 'fastify';
import type { StreamHint } from 'job-trigger-contract';
import { formatInstant, toUuid, type EventRow, type Store } from 'job-trigger-core';
import { mayStill } from '../access/access-control.ts';
import { changesRights } from '../access/rights-changes.ts';
import type { RoomOptions } from '../portal.ts';

type Topic = StreamHint['topics'][number];

/** Looked for while somebody listens; a bell makes it sooner. */
const pollMs = 500;
const commentMs = 15_000;
/** Whoever was shut out hears no more after this, and sooner where an event tells of it. */
const checkMs = 3000;
/** A listener that comes back after more than this is told to read everything again. */
const mostReplayed = 500;
const mostListeners = 200;
/** A page that has just been opened may have missed so much. */
const latelyMs = 10_000;
const mostLately = 100;

const topicOf: Readonly<Record<string, Topic>> = {
  run: 'runs',
  attempt: 'runs',
  job: 'jobs',
  calendar: 'jobs',
  worker: 'workers',
  scheduler: 'schedulers',
  alert: 'alerts',
  attention: 'attention',
};

function hintOf(rows: readonly EventRow[], at: number): StreamHint {
  const topics = new Set<Topic>(['events']);
  for (const row of rows) topics.add(topicOf[row.kind.split('.')[0] ?? ''] ?? 'events');
  const runs = rows.flatMap((row) =>
    row.runId === null || row.runCreatedAt === null ? [] : [toUuid({ id: row.runId, createdAt: row.runCreatedAt })],
  );
  return { at: formatInstant(at), topics: [...topics], run_ids: [...new Set(runs)] };
}

function message(name: string, id: number, data: unknown): string {
  return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Whom a hint is sent to, and the store as they see it. */
interface Listener {
  readonly send: (text: string) => void;
  readonly seen: Store;
  /** Asks whether they still may. */
  readonly check: () => void;
}

/** Watches the store while there is a listener, once for all of them. */
class Watch {
  readonly #store: Store;
  readonly #listeners = new Set<Listener>();
  #lastId = 0;
  #looking = false;
  #stop: (() => void) | null = null;

  constructor(store: Store) {
    this.#store = store;
  }

  get size(): number {
    return this.#listeners.size;
  }

  async add(listener: Listener, lastSeen: number | null): Promise<() => void> {
    const latest = await this.#store.events.latestId();
    if (this.#listeners.size === 0) this.#begin(latest);
    // Before it is read what was missed: nothing falls between.
    this.#listeners.add(listener);
    const remove = (): void => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.close();
    };
    try {
      listener.send(await this.#missedBy(listener, { lastSeen, latest }));
    } catch (error) {
      remove();
      throw error;
    }
    return remove;
  }

  async #missedBy(
    { seen }: Listener,
    { lastSeen, latest }: { readonly lastSeen: number | null; readonly latest: number },
  ): Promise<string> {
    const now = await this.#store.now();
    const hint = async (rows: readonly EventRow[]): Promise<string> =>
      message('hint', latest, hintOf(await this.#seenOf(rows, seen), now));
    if (lastSeen !== null && lastSeen !== latest) {
      const missed = await this.#store.events.after(lastSeen, mostReplayed + 1);
      const tooMany = missed.length > mostReplayed || lastSeen > latest;
      return tooMany ? message('resync', latest, {}) : hint(missed);
    }
    // A page asks for what it shows first, and listens then: what came between it heard from neither.
    const lately = (await this.#store.events.after(latest - mostLately, mostLately)).filter(
      ({ at }) => at > now - latelyMs,
    );
    const hello = message('hello', latest, {});
    return lastSeen !== null || lately.length === 0 ? hello : hello + (await hint(lately));
  }

  close(): void {
    this.#stop?.();
    this.#stop = null;
  }

  async #seenOf(rows: readonly EventRow[], seen: Store): Promise<readonly EventRow[]> {
    return seen === this.#store || rows.length === 0 ? rows : seen.events.byIds(rows.map(({ id }) => id));
  }

  #begin(latest: number): void {
    this.#lastId = latest;
    const look = () => void this.#look(false);
    const timer = setInterval(look, pollMs);
    // Starts and places in the queue write no event: the bell tells of them.
    const ringing = (['change', 'queue'] as const).map((channel) =>
      this.#store.bell.listen(channel, () => void this.#look(true)),
    );
    this.#stop = () => {
      clearInterval(timer);
      for (const stop of ringing) stop();
    };
  }

  /** Each what they see of it; the eyes of one person are asked once. */
  async #tell(rows: readonly EventRow[], { rung, now }: { readonly rung: boolean; readonly now: number }) {
    for (const [seen, listeners] of Map.groupBy(this.#listeners, (listener) => listener.seen)) {
      const own = await this.#seenOf(rows, seen);
      if (own.length === 0 && !rung) continue;
      const hint = hintOf(own, now);
      if (rung) hint.topics = [...new Set([...hint.topics, 'runs' as const, 'jobs' as const])];
      const text = message('hint', this.#lastId, hint);
      for (const { send } of listeners) send(text);
    }
  }

  async #look(rung: boolean): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const rows = await this.#store.events.after(this.#lastId, mostReplayed);
      const now = await this.#store.now();
      this.#lastId = rows.at(-1)?.id ?? this.#lastId;
      if (rows.length > 0 || rung) await this.#tell(rows, { rung, now });
      if (rows.some(({ kind }) => changesRights(kind))) for (const { check } of this.#listeners) check();
    } catch {
      // The database is away: the listeners keep their connection and poll, health says why.
    } finally {
      this.#looking = false;
    }
  }
}

export function streamRoute(app: FastifyInstance, options: RoomOptions): void {
  const { eyes, readers } = options;
  const watch = new Watch(eyes.all.store);
  const open = new Set<() => void>();
  app.addHook('preClose', (done) => {
    for (const end of open) end();
    watch.close();
    done();
  });
  const route = { config: { access: 'viewer' }, schema: { hide: true }, exposeHeadRoute: false } as const;
  app.get('/api/stream', route, async (request, reply) => {
    if (watch.size >= mostListeners) return reply.code(503).header('retry-after', '30').send();
    readers.take(request, reply);
    const given = Number(request.headers['last-event-id']);
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    // A reader that does not read is let go: hints must not pile up in memory.
    const send = (text: string): void => {
      if (raw.writableLength > 1_000_000) raw.destroy();
      else raw.write(text);
    };
    const check = (): void => {
      mayStill(request, options).then(
        (may) => (may ? undefined : end()),
        // The database is away: who listened may go on.
        () => undefined,
      );
    };
    const { store: seen } = eyes.of(request.caller);
    const remove = await watch.add({ send, seen, check }, Number.isSafeInteger(given) && given > 0 ? given : null);
    const timer = setInterval(() => send(': still here\n\n'), commentMs);
    const checks = setInterval(check, checkMs);
    const end = (): void => {
      clearInterval(timer);
      clearInterval(checks);
      remove();
      open.delete(end);
      raw.end();
    };
    open.add(end);
    raw.on('close', end);
    return reply;
  });
}
