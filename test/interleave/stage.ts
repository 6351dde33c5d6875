/** Carries out actors in one order after the other, on one database. */
import pg from 'pg';
import { settleHolder } from '../../packages/core/src/engine/settle.ts';
import { configOf } from '../../packages/core/src/store/postgres/connections.ts';
import { openStore } from '../../packages/core/src/store/open-store.ts';
import type { Store } from '../../packages/core/src/store/store.ts';
import { realSystem, type System } from '../../packages/core/src/system/system.ts';
import { manualClock, manualClockStart, seededRandom } from 'job-trigger-core/testing';
import { chanceOf } from '../chaos/plan.ts';
import type { Act, Heard } from './acts.ts';
import { brokenBy } from './invariants.ts';
import { anyOrder, EveryOrder, type Chooser } from './orders.ts';
import { setScene, type Phase, type Scene } from './scene.ts';
import { Stepped } from './stepped.ts';

export interface Play {
  readonly acts: readonly Act[];
  readonly phase: Phase;
  readonly onLost: 'fail' | 'rerun';
  readonly direct: boolean;
  /** The first worker has been silent for so long that it may be declared lost. */
  readonly silent: boolean;
}

export interface Explored {
  readonly orders: number;
  readonly steps: number;
  readonly blocked: number;
  /** All actors waited for each other until the server ended one. */
  readonly deadlocks: number;
  /** True when no order was left out. */
  readonly complete: boolean;
  readonly violations: readonly string[];
}

const now = manualClockStart;
const hotTables = ['queue', 'leases', 'attempts', 'runs', 'occurrences', 'gaps', 'schedules', 'workers', 'jobs'];

export class InterleavingStage {
  readonly #url: string;
  readonly #system: System;
  readonly #store: Store;
  readonly #client: pg.Client;
  readonly #monitor: pg.Client;
  readonly #actors: Stepped[] = [];
  #counts = { steps: 0, blocked: 0, deadlocks: 0 };

  private constructor(url: string, parts: { system: System; store: Store; client: pg.Client; monitor: pg.Client }) {
    this.#url = url;
    this.#system = parts.system;
    this.#store = parts.store;
    this.#client = parts.client;
    this.#monitor = parts.monitor;
  }

  /** @param url an empty database */
  static async open(url: string): Promise<InterleavingStage> {
    const system = realSystem({ clock: manualClock(), random: seededRandom(1) });
    const store = await openStore({ url, system, migrate: true, databaseFollowsClock: true });
    const connect = async (): Promise<pg.Client> => {
      const client = new pg.Client(configOf(pg, { url, role: 'watching' }));
      client.on('error', () => undefined);
      await client.connect();
      return client;
    };
    return new InterleavingStage(url, { system, store, client: await connect(), monitor: await connect() });
  }

  async close(): Promise<void> {
    for (const actor of this.#actors) await actor.close();
    await this.#client.end();
    await this.#monitor.end();
    await this.#store.close();
  }

  /** Every order, or as many as `most`; with a seed that many by chance. */
  async explore(play: Play, { most, seed = null }: { most: number; seed?: number | null }): Promise<Explored> {
    this.#counts = { steps: 0, blocked: 0, deadlocks: 0 };
    const every = new EveryOrder();
    const chance = chanceOf(seed ?? 0);
    const violations: string[] = [];
    let orders = 0;
    while (orders < most && !every.isDone) {
      const chooser = seed === null ? every.choose : anyOrder(chance);
      violations.push(...(await this.#once(play, chooser)));
      orders += 1;
      if (seed === null) every.next();
      if (violations.length > 20) break;
    }
    return { orders, ...this.#counts, complete: seed === null && every.isDone, violations };
  }

  async #once(play: Play, choose: Chooser): Promise<readonly string[]> {
    const scene = await this.#set(play);
    const actors = await Promise.all(play.acts.map((_, index) => this.#actor(index)));
    const results: Promise<Heard | Error>[] = [];
    for (const [index, act] of play.acts.entries()) {
      const begun = await actors[index]?.begin((store) => act.work(store, scene, this.#system));
      if (begun !== undefined) results.push(begun.result.catch((error: unknown) => error as Error));
    }
    const order = await this.#walk(actors, choose);
    const heard = await Promise.all(results);
    const errors = heard.filter((each) => each instanceof Error).map((error) => `threw ${String(error)}`);
    const answers = heard.filter((each): each is Heard => !(each instanceof Error));
    await this.#settleOrphans();
    const broken = [...errors, ...(await brokenBy(this.#client, scene, answers))];
    const told = order.map((index) => play.acts[index]?.name ?? '?').join(', ');
    return broken.map((fault) => `${fault} (${told})`);
  }

  /** Steps until all are over. @returns the order of the steps */
  async #walk(actors: readonly Stepped[], choose: Chooser): Promise<readonly number[]> {
    const order: number[] = [];
    let standings = await Promise.all(actors.map((actor) => actor.settle()));
    while (standings.some((standing) => standing !== 'over')) {
      const ready = standings.flatMap((standing, index) => (standing === 'ready' ? [index] : []));
      if (ready.length === 0) {
        this.#counts.deadlocks += 1;
        // The server ends one of them; what is repeated then goes on unwatched.
        for (const actor of actors) actor.open();
        while ((await Promise.all(actors.map((actor) => actor.settle()))).some((standing) => standing !== 'over'));
        break;
      }
      const chosen = choose(ready);
      order.push(chosen);
      this.#counts.steps += 1;
      if ((await actors[chosen]?.step()) === 'blocked') this.#counts.blocked += 1;
      standings = await Promise.all(actors.map((actor) => actor.settle()));
    }
    return order;
  }

  async #set({ silent, ...play }: Play): Promise<Scene> {
    await this.#client.query(hotTables.map((table) => `DELETE FROM ${table};`).join(' '));
    const scene = await setScene(this.#store, { now, ...play });
    const { workerId } = scene.first;
    if (silent) await this.#client.query(`UPDATE workers SET beat_at = ${now - 100_000} WHERE id = ${workerId}`);
    return scene;
  }

  async #actor(index: number): Promise<Stepped> {
    this.#actors[index] ??= await Stepped.open(this.#url, { monitor: this.#monitor, system: this.#system, now });
    return this.#actors[index];
  }

  /** As every pass of a rescuer does. */
  async #settleOrphans(): Promise<void> {
    for (const { workerId, incarnation } of await this.#store.dispatch.orphanedLeases(100))
      await this.#store.transaction((tables) =>
        settleHolder(tables, { workerId, incarnation }, { cause: 'worker_died', maxLost: 3, now, journal: [] }),
      );
  }
}
