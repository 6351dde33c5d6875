import type { Client, ProblemError } from 'job-trigger-contract';
import { expect } from 'vitest';
import { TestAuthenticator } from './test-authenticator.ts';
import { codeAt } from './test-one-time-code.ts';
import type { TestProvider } from './test-provider.ts';

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
  expect(await client.beginView({ params })).toMatchObject({ id: params.id, name: 'Tom' });
  expect(await client.session()).toMatchObject({ person: { name: 'Tom', role: 'operator' }, view: { by: 'Mei' } });
  await client.endView();
  expect(await client.endSignIns({ params })).toEqual({ ended: 1 });
  expect((await client.userQuota({ params })).items).toMatchObject([{ kind: 'jobs', held: 0 }, {}, {}]);
  expect((await client.ownQuota()).items.map(({ kind }) => kind)).toEqual(['jobs', 'schedules', 'waiting_runs']);
  expect(await client.deleteUser({ params })).toEqual({ jobs: 0 });
  const { token: again } = await client.invite({ body: { email: 'zoe@example.org', role: 'viewer' } });
  await stranger.acceptInvitation({ body: { token: again, ...own, name: 'Zoe' } });
  const zoe = (await client.listUsers()).items.find(({ name }) => name === 'Zoe');
  const erased = { id: zoe?.id ?? '' };
  expect(await client.exportUser({ params: erased })).toMatchObject({ names: ['Zoe'], cut: [] });
  const body = { confirm: 'zoe@example.org' };
  expect(await client.eraseUser({ params: erased, body })).toMatchObject({ jobs: 0, jobs_naming: [] });
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

/** Two command lines ask; one is let in, the other is not. */
export async function walkDevices(client: Client, stranger: Client): Promise<void> {
  const body = { client: 'jtp/1.2.0', host: 'moon' };
  const [wanted, unwanted] = [await stranger.startDevice({ body }), await stranger.startDevice({ body })];
  const query = { user_code: wanted.user_code };
  expect(await client.lookDevice({ query })).toMatchObject({ host: 'moon', address: '127.0.0.1' });
  await client.approveDevice({ body: query });
  await client.denyDevice({ body: { user_code: unwanted.user_code } });
  const { device_code } = wanted;
  expect(await stranger.deviceTokens({ body: { device_code } })).toMatchObject({ token_type: 'Bearer', cookie: false });
}

export async function walkProfile(client: Client, password: string): Promise<void> {
  expect(await client.patchProfile({ body: { timezone: 'Asia/Tokyo' } })).toMatchObject({ timezone: 'Asia/Tokyo' });
  const { items } = await client.listSessions();
  const other = items.find(({ current }) => !current);
  await client.endSession({ params: { id: other?.id ?? '' } });
  await client.changePassword({ body: { current_password: password, new_password: password } });
  expect((await client.listSessions()).items).toMatchObject([{ current: true }]);
}

/** A passkey and one-time codes are set up, come in, and are taken away. @param origin what passkeys are made for */
export async function walkSignInMethods(
  client: Client,
  stranger: Client,
  { origin, ...me }: { readonly origin: string; readonly email: string; readonly password: string },
): Promise<void> {
  expect(await client.signInMethods()).toEqual({ one_time_codes: null, passkeys: [], passkeys_refused: null });
  const authenticator = new TestAuthenticator(origin);
  const asked = await client.passkeyOptions();
  const body = { token: asked.token, name: 'laptop', credential: authenticator.make(asked) };
  const { id } = await client.addPasskey({ body });
  const proof = await client.proofChallenge();
  const passkey = { token: proof.token, credential: authenticator.show(proof) };
  await client.prove({ body: { passkey } });
  const challenge = await stranger.passkeyChallenge();
  const answer = { token: challenge.token, credential: authenticator.show(challenge) };
  expect(await stranger.passkeySignIn({ body: answer })).toMatchObject({ token_type: 'Bearer' });
  expect(await client.renamePasskey({ params: { id }, body: { name: ' desk ' } })).toMatchObject({ name: 'desk' });
  await client.removePasskey({ params: { id } });

  const confirm = async (): Promise<void> => {
    const { secret } = await client.beginCodes();
    await client.confirmCodes({ body: { code: codeAt(secret, Date.now()) } });
  };
  await confirm();
  const { recovery_codes: codes } = await client.renewRecoveryCodes();
  const refused = (await stranger.login({ body: me }).catch((error: unknown) => error)) as ProblemError;
  expect(refused).toMatchObject({ code: 'second_factor_needed' });
  await stranger.secondStep({ body: { token: String(refused.problem['token']), code: codes[0] ?? '' } });
  await client.removeCodes();
  await confirm();
  const mine = (await client.listUsers()).items.find(({ email }) => email === me.email);
  const params = { id: mine?.id ?? '' };
  expect(await client.clearSecondFactors({ params })).toEqual({ one_time_codes: true, passkeys: 0 });
}

/** A provider is added to the account of whoever asks, signs them in, and is taken off. */
export async function walkProviders(client: Client, stranger: Client, provider: TestProvider): Promise<void> {
  provider.says('walked', { preferred_username: 'mei-there' });
  const params = { name: 'acme' };
  expect(await stranger.listProviders()).toEqual({ items: [{ name: 'acme', label: 'acme' }] });
  const queryOf = ({ url }: { readonly url: string }) => ({ query: provider.comeBack(url).search.slice(1) });
  const linked = await client.finishOidc({ params, body: queryOf(await client.beginLink({ params })) });
  expect(linked).toEqual({ linked: true, tokens: null });
  const done = await stranger.finishOidc({ params, body: queryOf(await stranger.beginOidc({ params, body: {} })) });
  expect(done).toMatchObject({ linked: false, tokens: { token_type: 'Bearer' } });
  const { items } = await client.listLinks();
  expect(items).toMatchObject([{ provider: 'acme', account: 'mei-there' }]);
  await client.removeLink({ params: { id: items[0]?.id ?? '' } });
}
