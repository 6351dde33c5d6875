/**
 * Notices that the database is on another line of history than the one known: a standby was promoted, or a server restored
 * to a point in time, and commits that were acknowledged may be gone (`CONTRACT.md` C16). Until every live worker has
 * compared what it knows, nothing is planned or claimed. The database itself refuses both meanwhile; here it is noticed,
 * told, and ended.
 */
import type { Millis } from '../model/instant.ts';
import { timelineName, type Lineage } from '../model/lineage.ts';
import type { EngineSettings } from '../model/settings.ts';
import { holdOver, isOtherLine } from '../policy/lineage.ts';
import type { NewEvent } from '../store/event-table.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';

export interface LineageWatchOptions {
  readonly store: Store;
  readonly system: System;
  readonly settings: Pick<EngineSettings, 'heartbeatMs' | 'lostAfterMs'>;
}

/** How often those who are held look whether it is over. */
export const heldRestMs: Millis = 1000;

const onlyLine: Lineage = { number: 1, line: '', noticedAt: 0, settledAt: 0 };

export class LineageWatch {
  readonly #options: LineageWatchOptions;
  #known: Lineage | null = null;
  /** Reading of `boot`. */
  #lookedAt: Millis = -Infinity;

  constructor(options: LineageWatchOptions) {
    this.#options = options;
  }

  /**
   * As {@link look}, or as somebody of this process saw it so long ago at most: enough to notice a change by, as long as
   * nothing is decided by it.
   */
  async lookWithin(ageMs: Millis): Promise<Lineage> {
    const isFresh = this.#options.system.clock.boot() - this.#lookedAt < ageMs;
    return isFresh && this.#known !== null && this.#known.settledAt !== null ? this.#known : this.look();
  }

  /** The line in force. Held while its `settledAt` is null. */
  async look(): Promise<Lineage> {
    const { store, system } = this.#options;
    if (store.kind === 'sqlite') return onlyLine;
    const asked = system.clock.boot();
    const { server, ...newest } = await store.lineage.look();
    if (isOtherLine({ known: this.#known, newest, server })) return this.#notice(newest);
    this.#known = newest;
    this.#lookedAt = asked;
    if (newest.settledAt === null && (await this.#settle(newest))) return this.look();
    return newest;
  }

  async #notice(former: Lineage): Promise<Lineage> {
    const { store, system } = this.#options;
    const isFirst = await store.transaction(async (tables) => {
      if (!(await tables.lineage.notice(former.number))) return false;
      await tables.events.append([changed(former, await tables.lineage.look())]);
      return true;
    });
    const { server: _, ...newest } = await store.lineage.look();
    this.#known = newest;
    if (isFirst) {
      system.log.warn('the database is on another line of history: planning waits until the workers have compared', {
        from: former.line,
        to: newest.line,
      });
      store.bell.ring('change');
    }
    return newest;
  }

  /** @returns true when the hold has ended */
  async #settle({ number, noticedAt }: Lineage): Promise<boolean> {
    const { store, settings, system } = this.#options;
    const silent = holdOver({
      now: await store.now(),
      noticedAt,
      workers: await store.workers.list(),
      reporters: new Set(await store.lineage.reporters(number)),
      leastMs: 2 * settings.heartbeatMs,
      mostMs: settings.lostAfterMs,
    });
    if (silent === null) return false;
    await store.transaction(async (tables) => {
      if (await tables.lineage.settle(number)) await tables.events.append([compared(number, silent)]);
    });
    system.log.info('planning goes on after the change of the database', { silent });
    for (const channel of ['plan', 'queue', 'change'] as const) store.bell.ring(channel);
    return true;
  }
}

function changed(former: Lineage, { number, line }: Lineage): NewEvent {
  const [from, to] = [timelineName(former.line), timelineName(line)];
  const names = from === null || to === null || from === to ? '' : ` (${from} to ${to})`;
  const text =
    `The database changed to another server or a restored state${names}: commits may be gone. ` +
    'Nothing is planned or claimed until the workers have compared what they know with it.';
  return { kind: 'database.changed', data: { number, from: former.line, to: line, text } };
}

function compared(number: number, silent: readonly string[]): NewEvent {
  const text =
    silent.length === 0
      ? 'Every worker has compared what it knows with the database; planning goes on.'
      : `Planning goes on. Not compared, as they did not report: ${silent.join(', ')}. What they started last may be started again.`;
  return { kind: 'database.compared', data: { number, silent, text } };
}
