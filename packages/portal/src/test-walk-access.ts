import type { Client } from 'job-trigger-contract';
import { expect } from 'vitest';

/** A key made, used, given a new secret and revoked. */
export async function walkKeys(
  client: Client,
  clientWith: (headers: Readonly<Record<string, string>>) => Client,
): Promise<void> {
  const { id, secret } = await client.createKey({ body: { name: 'walk', scopes: ['read'] } });
  const byKey = (key: string): Client => clientWith({ authorization: `Bearer ${key}` });
  expect(await byKey(secret).session()).toMatchObject({ key: { id, scopes: ['read'] } });
  const rotated = await client.rotateKey({ params: { id }, body: { overlap_seconds: 0 } });
  await expect(byKey(secret).listJobs({})).rejects.toMatchObject({ status: 401 });
  await byKey(rotated.secret).listJobs({});
  expect((await client.listKeys({})).items).toMatchObject([{ id, mine: true, last_used_from: '127.0.0.1' }]);
  await client.revokeKey({ params: { id } });
}

/** Somebody is invited twice, comes, gets another role, and goes. */
export async function walkPeople(client: Client, stranger: Client): Promise<void> {
  const rights = (await client.listRoles()).items;
  expect(rights.find(({ path }) => path === '/api/users')).toMatchObject({ roles: ['admin'], scope: 'admin' });
  const gone = await client.invite({ body: { email: 'gone@example.org', role: 'viewer' } });
  await client.withdrawInvitation({ params: { id: gone.id } });
  expect((await client.listInvitations()).items).toEqual([]);
  const { token } = await client.invite({ body: { email: 'tom@example.org', role: 'viewer' } });
  expect(await stranger.readInvitation({ body: { token } })).toMatchObject({ role: 'viewer' });
  const own = { name: 'Tom', password: 'correct horse battery', timezone: 'UTC' };
  await stranger.acceptInvitation({ body: { token, ...own } });
  const tom = (await client.listUsers()).items.find(({ name }) => name === 'Tom');
  const params = { id: tom?.id ?? '' };
  expect(await client.patchUser({ params, body: { role: 'operator' } })).toMatchObject({ role: 'operator' });
  expect(await client.endSignIns({ params })).toEqual({ ended: 1 });
  expect(await client.deleteUser({ params })).toEqual({ jobs: 0 });
}

/** Tokens that are renewed once, and end with their sign-in. */
export async function walkTokens(
  stranger: Client,
  me: { readonly email: string; readonly password: string },
  clientWith: (headers: Readonly<Record<string, string>>) => Client,
): Promise<void> {
  const { refresh_token = '' } = await stranger.login({ body: { ...me, refresh: true } });
  const { access_token } = await stranger.refresh({ body: { refresh_token } });
  await clientWith({ authorization: `Bearer ${access_token}` }).logout();
}

export async function walkProfile(client: Client, password: string): Promise<void> {
  expect(await client.patchProfile({ body: { timezone: 'Asia/Tokyo' } })).toMatchObject({ timezone: 'Asia/Tokyo' });
  const { items } = await client.listSessions();
  const other = items.find(({ current }) => !current);
  await client.endSession({ params: { id: other?.id ?? '' } });
  await client.changePassword({ body: { current_password: password, new_password: password } });
  expect((await client.listSessions()).items).toMatchObject([{ current: true }]);
}
