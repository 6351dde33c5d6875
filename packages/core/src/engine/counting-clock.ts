/**
 * The clock that counts for a scheduler: the database's, this machine's own on SQLite. Whatever else a pass does, it has
 * compared that one with `boot` first, and waits where a jump is not to be believed yet (`CONTRACT.md` 4).
 */
import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { NewEvent } from '../store/event-table.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { ClockWatch } from './clock-watch.ts';

export interface CountingClockOptions {
  readonly store: Store;
  readonly system: System;
  /** Of the scheduler, for what is told. */
  readonly name: string;
}

/** Others that reported in this span wait still. */
const recentMs: Millis = 30_000;

interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

export class CountingClock {
  readonly #options: CountingClockOptions;
  readonly #watch = new ClockWatch();
  /** What to add to the wall clock to get the database's. */
  #offset: Millis = 0;
  #doubtful: Millis | null = null;
  /** Whether the others have been told what it waits for. */
  #isHeld = false;
  /** What the clock did, until it is written down. */
  #untold: NewEvent[] = [];
  #gap: Span | null = null;
  #wentBack = true;
  #told: Instant | null = null;

  constructor(options: CountingClockOptions) {
    this.#options = options;
  }

  /** As far as the last reading told. */
  now(): Instant {
    return this.#options.system.clock.wall() + this.#offset;
  }

  /** The database has just told its time. */
  follow(now: Instant): void {
    this.#offset = now - this.#options.system.clock.wall();
  }

  /** How long it is to wait whether a jump ahead stays; null when the clock is believed. */
  get doubtful(): Millis | null {
    return this.#doubtful;
  }

  /** Instants that a far jump went over, until {@link settled}. */
  get gap(): Span | null {
    return this.#gap;
  }

  /** Until {@link settled}: the clock went back, or nobody has looked whether it did. `told` is the last it had told. */
  get wentBack(): { readonly told: Instant | null } | null {
    return this.#wentBack ? { told: this.#told } : null;
  }

  /** What followed from the gap, or from going back, is done. */
  settled(what: 'gap' | 'back'): void {
    if (what === 'gap') this.#gap = null;
    else this.#wentBack = false;
  }

  /** Takes a reading and draws the conclusions. @param id of the scheduler, once it has one */
  async read(id: Id | null): Promise<Instant> {
    const { store, system } = this.#options;
    const { clock } = system;
    const asked = clock.boot();
    const wall = await store.now();
    const boot = clock.boot();
    this.follow(wall);
    const verdict = this.#watch.look({ wall, boot, within: boot - asked });
    const wasDoubtful = this.#doubtful !== null;
    this.#doubtful = verdict.kind === 'doubtful' ? verdict.waitMs : null;
    if (verdict.kind === 'doubtful') {
      if (!wasDoubtful) system.log.warn('the clock jumped ahead; waiting whether it stays', { waitMs: verdict.waitMs });
      if (verdict.far && id !== null) await this.#hold(id, { from: verdict.from, to: wall });
    } else await this.#letGo(id);
    if (verdict.kind === 'forward' || verdict.kind === 'backward') this.#take(verdict);
    if (verdict.kind === 'returned') {
      system.log.info('the clock is back where it was', { from: verdict.from, to: wall });
      this.#goBack(verdict.from);
    }
    await this.#tell();
    return wall;
  }

  /** One that starts while others wait whether the clock is right waits with them. */
  async joinHold(now: Instant): Promise<void> {
    const others = await this.#options.store.schedulers.list();
    const waiting = others.find(({ hold, stoppedAt, beatAt }) => {
      const isHeld = hold !== null && hold.confirmedAt === null;
      return isHeld && stoppedAt === null && Math.abs(now - beatAt) < recentMs;
    });
    const hold = waiting?.hold ?? null;
    if (hold !== null) this.#watch.doubt(hold, this.#options.system.clock.boot());
  }

  #take({
    kind,
    from,
    to,
    ...verdict
  }: Span & { readonly kind: 'forward' | 'backward'; readonly far?: boolean }): void {
    const { log } = this.#options.system;
    if (kind === 'forward') {
      log.warn('the clock stayed ahead', { from, to });
      this.#untold.push(this.#event('clock.jumped', { from, to }));
      if (verdict.far === true) this.#gap = { from, to };
      return;
    }
    log.warn('the clock went back', { from, to });
    this.#untold.push(this.#event('clock.went_back', { from, to }));
    this.#goBack(from);
  }

  /** @param told the last that was believed */
  #goBack(told: Instant): void {
    this.#wentBack = true;
    this.#told = told;
  }

  #event(kind: string, { from, to }: Span): NewEvent {
    return { kind, data: { scheduler: this.#options.name, from, to } };
  }

  /** A short wait is this scheduler's own business; a long one is told, so that a person can end it. */
  async #hold(id: Id, span: Span): Promise<void> {
    const { schedulers } = this.#options.store;
    if (!this.#isHeld) {
      await schedulers.setHold(id, span);
      this.#isHeld = true;
      this.#untold.push(this.#event('clock.held', span));
    } else if (await schedulers.isConfirmed(id)) {
      this.#watch.confirm();
      this.#doubtful = 0;
    }
  }

  async #letGo(id: Id | null): Promise<void> {
    if (!this.#isHeld || id === null) return;
    await this.#options.store.schedulers.setHold(id, null);
    this.#isHeld = false;
  }

  async #tell(): Promise<void> {
    if (this.#untold.length === 0) return;
    const { events, bell } = this.#options.store;
    await events.append(this.#untold);
    this.#untold = [];
    bell.ring('change');
  }
}
