import type { Client } from 'job-trigger-contract';
import { expect } from 'vitest';

/** A script that somebody else made a job name, spoken about and approved by an administrator; seen by a keeper before. */
export async function walkApprovals(client: Client): Promise<void> {
  const { required, items } = await client.listScriptApprovals();
  expect(required).toBe(true);
  const [script] = items;
  expect(script).toMatchObject({ path: 'hello.sh', standing: 'new', jobs: [{ name: 'approved', next_due_at: null }] });
  const params = { id: script?.id ?? '' };
  const { version, refusal, lines, authors } = await client.reviewScript({ params });
  expect({ refusal, authors, lines }).toMatchObject({ refusal: null, lines: [{ kind: 'added', text: 'echo hello' }] });
  const sha256 = version?.sha256 ?? '';
  const commented = await client.commentScript({ params, body: { sha256, line: 1, text: 'To whom?' } });
  expect(commented.notes).toMatchObject([{ kind: 'comment', line: 1, text: 'To whom?', by: 'Mei' }]);
  const decided = await client.decideScript({ params, body: { decision: 'approved', sha256 } });
  expect(decided).toMatchObject({ standing: 'approved', version: { decided_by: 'Mei' } });
  expect((await client.listScripts()).items).toMatchObject([{ path: 'hello.sh', approval: { standing: 'approved' } }]);
}

/** A file put into the scripts folder, changed and deleted, by somebody who may. */
export async function walkScriptFiles(client: Client): Promise<void> {
  const ifMatch = (sha256: string) => ({ headers: { 'if-match': `"${sha256}"` } });
  const query = { path: 'walked.sh' };
  const { sha256 } = await client.createScript({ body: { ...query, content: 'echo one\n' } });
  const written = await client.writeScript({ query, body: { content: 'echo two\n' } }, ifMatch(sha256));
  expect((await client.scriptVersion({ query: { ...query, number: 1 } })).content).toBe('echo one\n');
  await client.deleteScript({ query }, ifMatch(written.sha256));
}
