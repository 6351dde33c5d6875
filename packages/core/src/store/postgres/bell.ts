import type pg from 'pg';
import type { Millis } from '../../model/instant.ts';
import { systemClock } from '../../system/clock.ts';
import type { System } from '../../system/system.ts';
import { coalesced, createListeners } from '../ring.ts';
import type { Bell, BellChannel } from '../store.ts';

const channels: readonly BellChannel[] = ['plan', 'queue', 'cancel', 'change'];
const prefix = 'jtp_';

const firstDelay: Millis = 100;
const longestDelay: Millis = 5000;
/** A connection that died without a word is found by asking it something this often. */
const proveAliveEvery: Millis = 30_000;

/** How a bell makes its connections: one to ring, one to listen, both only when somebody wants them. */
export type Connect = (role: string) => Promise<pg.Client>;

/**
 * Rings by NOTIFY from a connection of its own, never inside a transaction, and hears by LISTEN on another one that comes
 * back by itself. After each return all channels are heard once, for what was rung meanwhile.
 */
export function postgresBell(connect: Connect, system: System): Bell & { close(): Promise<void> } {
  const clock = systemClock();
  const own = `${process.pid}.${system.random.integer()}`;
  let closed = false;
  let ringer: Promise<pg.Client> | null = null;
  const wanted = new Set<BellChannel>();
  let sending: Promise<void> | null = null;
  let receiver: pg.Client | null = null;
  let receiving = false;
  let delay = firstDelay;
  let stopTimer: () => void = () => undefined;

  const listeners = createListeners(() => {
    if (listeners.size > 0 && !receiving && !closed) void receive();
  });

  const again = (): void => {
    receiver = null;
    stopTimer();
    if (closed) return;
    stopTimer = clock.after(delay, () => void receive());
    delay = Math.min(delay * 2, longestDelay);
  };

  /** @param lost is told of a connection that answers no more; its end may never be heard of */
  const proveAlive = (client: pg.Client, lost: () => void): void => {
    stopTimer = clock.after(proveAliveEvery, () => {
      client.query('SELECT 1').then(
        () => client === receiver && proveAlive(client, lost),
        () => {
          void client.end().catch(() => undefined);
          lost();
        },
      );
    });
  };

  async function receive(): Promise<void> {
    receiving = true;
    try {
      const client = await connect('bell listener');
      let over = false;
      const lost = (): void => {
        if (over) return;
        over = true;
        again();
      };
      client.on('error', lost);
      client.on('end', lost);
      client.on('notification', ({ channel, payload }) => {
        const heard = channels.find((name) => prefix + name === channel);
        if (heard !== undefined && payload !== own) listeners.hear(heard);
      });
      receiver = client;
      for (const channel of channels) await client.query(`LISTEN ${prefix}${channel}`);
      if (closed) {
        await client.end();
        return;
      }
      delay = firstDelay;
      proveAlive(client, lost);
      listeners.hearAll();
    } catch (error) {
      system.log.debug('The bell has no connection yet.', { error: String(error) });
      await receiver?.end().catch(() => undefined);
      again();
    }
  }

  /** What is rung together goes together; what is rung while that is under way is rung once, after it. */
  async function notifyAll(): Promise<void> {
    while (wanted.size > 0) {
      const now = [...wanted].map((channel) => prefix + channel);
      wanted.clear();
      await notify(now);
    }
    sending = null;
  }

  async function notify(now: readonly string[]): Promise<void> {
    try {
      ringer ??= connect('bell').then((client) => {
        const forget = (): void => {
          ringer = null;
        };
        client.on('error', forget);
        client.on('end', forget);
        return client;
      });
      const client = await ringer;
      const text = 'SELECT pg_notify(channel, $2) FROM unnest($1::text[]) AS channel';
      await client.query({ name: 'jtp_notify', text, values: [`{${now.join(',')}}`, own] });
    } catch (error) {
      ringer = null;
      system.log.debug('A ring was lost; polling will find what it was for.', { error: String(error) });
    }
  }

  return {
    ring: coalesced(clock, (channel) => {
      if (closed) return;
      listeners.hear(channel);
      wanted.add(channel);
      // With what else is rung in this turn.
      sending ??= Promise.resolve().then(notifyAll);
    }),
    listen: (channel, heard) => listeners.add(channel, heard),
    async close() {
      closed = true;
      stopTimer();
      await sending;
      const ringing = await ringer?.catch(() => null);
      for (const client of [ringing, receiver]) await client?.end().catch(() => undefined);
    },
  };
}
