import type { Client, Job } from 'job-trigger-contract';
import { expect } from 'vitest';
import { ended } from './test-walk.ts';

/** A way in for another program, made, used, changed and deleted. */
export async function walkHooks(client: Client, base: string, config: Job['config']): Promise<void> {
  const job = await client.createJob({ body: { name: 'hooked', type: 'script', config } });
  const made = await client.createHook({ params: { id: job.id }, body: { name: 'forge', kind: 'keyed' } });
  expect(made).toMatchObject({ path: `/api/hooks/${made.id}`, secret: expect.stringMatching(/^hk_/) });
  const params = { id: job.id, hook_id: made.id };
  expect(await client.patchHook({ params, body: { name: 'Forge' } })).toMatchObject({ name: 'Forge', active: true });
  const { secret } = await client.rotateHook({ params });
  const send = (key: string): Promise<Response> =>
    fetch(`${base}${made.path}`, { method: 'POST', headers: { authorization: `Bearer ${key}` }, body: '{}' });
  expect((await send('none')).status).toBe(401);
  const { run_id: id } = (await (await send(secret)).json()) as { run_id: string };
  await ended(client, id);
  expect(await client.getRun({ params: { id } })).toMatchObject({ trigger: 'webhook', requested_by: 'Hook Forge' });
  expect((await client.listHooks({ params: { id: job.id } })).items).toMatchObject([{ id: made.id }]);
  await client.deleteHook({ params });
  expect((await send(secret)).status).toBe(401);
  await client.deleteJob({ params: { id: job.id }, query: { purge: 'true' } });
}
