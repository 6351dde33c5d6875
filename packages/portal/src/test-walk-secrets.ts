import type { Client, Job } from 'job-trigger-contract';
import { expect } from 'vitest';
import { ended } from './test-walk.ts';

/** A secret set, given to a run, taken out of its log, replaced and deleted. No answer holds a value. */
export async function walkSecrets(client: Client, config: Job['config']): Promise<void> {
  const value = 'walked-secret-value';
  const made = await client.createSecret({ body: { name: 'walk.token', value, expires_at: '2031-01-01T00:00:00Z' } });
  expect(made).toMatchObject({ name: 'walk.token', version: 1, provider: 'local', used_by: [], warnings: [] });
  const job = await client.createJob({
    body: { name: 'secretive', type: 'script', config, secrets: { TOKEN: 'walk.token' } },
  });
  expect(job.secrets).toEqual({ TOKEN: 'walk.token' });
  const { run_id: id } = await client.runJob({ params: { id: job.id }, body: {} });
  await ended(client, id);
  const params = { id: made.id };
  const listed = await client.listSecrets();
  expect(listed.items).toMatchObject([{ id: made.id, used_by: [{ name: 'secretive' }] }]);
  expect(await client.testSecret({ params })).toEqual({ ok: true, problem: null, warning: null });
  expect(await client.maskLine({ body: { line: `a ${value} b` } })).toEqual({ masked: 'a *** b', unread: [] });
  const rotated = await client.rotateSecret({ params, body: { value: 'short' } });
  expect(rotated).toMatchObject({ version: 2, expires_at: null, warnings: [expect.stringContaining('not masked')] });
  expect(await client.installationKey()).toMatchObject({ source: 'file', former_keys: 0, to_reseal: 0, problem: null });
  expect(await client.rotateInstallationKey()).toMatchObject({ is_new: true });
  expect(await client.testSecret({ params })).toMatchObject({ ok: true });
  await expect(client.deleteSecret({ params })).rejects.toMatchObject({ problem: { code: 'conflict' } });
  await client.deleteJob({ params: { id: job.id }, query: { purge: 'true' } });
  await client.deleteSecret({ params });
  expect(JSON.stringify([made, listed, rotated])).not.toContain(value);
}
