/**
 * Which of what is due a scheduler reads. Several that read the same plan the same: one of them writes, and the others have read
 * and waited for nothing. So while more is due than a read takes, each reads its share of the jobs, and when it has
 * planned that, what the others have left. Who plans is decided by the database as ever: a share that two believe in costs time alone.
 */
import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { DueJob, DueShare } from '../store/job-tables.ts';
import type { Store } from '../store/store.ts';

/**
 * What has been due for so long is read by all: a scheduler that lives and plans nothing keeps nothing back, not even while
 * the others have enough of their own. Until then it is theirs when they have planned that.
 */
const anybodysAfterMs: Millis = 60_000;
/** How long what is known of the other schedulers is used. */
const knownForMs: Millis = 10_000;
/** One that has not told anything for so long has no share. */
const silentMs: Millis = 30_000;

type Part = Pick<DueShare, 'of' | 'index'>;
const whole: Part = { of: 1, index: 0 };

export class FairShare {
  readonly #store: Pick<Store, 'schedulers' | 'schedules'>;
  #part = whole;
  #known: Part & { readonly at: Instant } = { ...whole, at: -Infinity };

  constructor(store: Pick<Store, 'schedulers' | 'schedules'>) {
    this.#store = store;
  }

  /** At most so many jobs that are due and `wanted`, earliest first. Empty when there is none, whosever it would be. */
  async read(
    own: Id | null,
    { now, limit, wanted = () => true }: { now: Instant; limit: number; wanted?: (due: DueJob) => boolean },
  ): Promise<readonly DueJob[]> {
    const due = await this.#read(now, limit);
    if (due.length >= limit) this.#part = await this.#partOf(own, now);
    const mine = due.filter(wanted);
    if (mine.length > 0 || this.#part.of === 1) return mine;
    this.#part = whole;
    return (await this.#read(now, limit)).filter(wanted);
  }

  #read(now: Instant, limit: number): Promise<readonly DueJob[]> {
    return this.#store.schedules.due(now, limit, { ...this.#part, anybodys: now - anybodysAfterMs });
  }

  async #partOf(own: Id | null, now: Instant): Promise<Part> {
    if (Math.abs(now - this.#known.at) < knownForMs) return this.#known;
    const all = await this.#store.schedulers.list();
    const ids = all
      .filter(({ stoppedAt, beatAt }) => stoppedAt === null && now - beatAt < silentMs)
      .map(({ id }) => id);
    const place = ids.toSorted((a, b) => a - b).findIndex((id) => id === own);
    this.#known = { ...(place === -1 ? whole : { of: ids.length, index: place }), at: now };
    return this.#known;
  }
}
