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
