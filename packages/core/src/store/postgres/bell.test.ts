import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { freshPostgres } from '../../../../../test/setup/databases.ts';
import { realSystem } from '../../system/system.ts';
import type { BellChannel } from '../store.ts';
import { postgresBell } from './bell.ts';

const channels: readonly BellChannel[] = ['plan', 'queue', 'cancel', 'change'];

let database: Awaited<ReturnType<typeof freshPostgres>>;
beforeAll(async () => {
  database = await freshPostgres(inject('postgresUrl'));
});
afterAll(() => database.drop());

const connect = async (): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  return client;
};

test('what rings at the same time is heard on every channel, without a warning of the driver', async () => {
  const warnings: string[] = [];
  const warned = (warning: Error): void => void warnings.push(warning.message);
  process.on('warning', warned);
  const [rings, hears] = [postgresBell(connect, realSystem()), postgresBell(connect, realSystem())];
  const heard = new Set<BellChannel>();
  for (const channel of channels) hears.listen(channel, () => heard.add(channel));
  // Everything is heard once when the connection stands.
  await vi.waitFor(() => expect(heard.size).toBe(channels.length), { timeout: 10_000 });
  heard.clear();
  for (const channel of channels) rings.ring(channel);
  await vi.waitFor(() => expect(heard.size).toBe(channels.length), { timeout: 10_000 });
  await Promise.all([rings.close(), hears.close()]);
  process.off('warning', warned);
  expect(warnings).toEqual([]);
});
