import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { ProblemError, type Job, type JobPatch } from 'job-trigger-contract';
import { freshDir } from '../../../test/setup/databases.ts';
import { editDocument } from './edit-document.ts';
import type { Terminal } from './terminal.ts';

const folder = freshDir('jtp-edit');
afterAll(() => folder.remove());

const job = {
  id: '019a0000-0000-7000-8000-000000000001',
  name: 'backup',
  description: 'nightly',
  type: 'script',
  config: { script: 'backup.sh' },
  tags: [],
  version: 3,
} as unknown as Job;

const conflict = new ProblemError({
  type: 'about:blank',
  title: 'Somebody saved first',
  status: 412,
  code: 'edit_conflict',
  detail: 'Ann saved version 4 of this job meanwhile; yours was made from 3.',
  request_id: 'r',
  version: 4,
  saved_by: 'Ann',
  saved_at: '2026-01-15T12:00:00Z',
  difference: [{ field: 'description', theirs: 'hourly', yours: 'weekly' }],
});

/** An editor that does one thing a round, each a program of `sed`; what it was shown is kept. */
function editor(...rounds: readonly string[]): { readonly terminal: Terminal; readonly shown: () => string[] } {
  const program = join(folder.path, 'editor.sh');
  const seen = join(folder.path, 'seen');
  const cases = rounds.map((script, at) => `  ${at}) sed -i.bak -e '${script}' "$1" ;;`).join('\n');
  writeFileSync(seen, '');
  writeFileSync(program, `n=$(grep -c '^@@' ${seen})\n{ cat "$1"; echo @@; } >> ${seen}\ncase $n in\n${cases}\nesac\n`);
  chmodSync(program, 0o700);
  const terminal = { env: { EDITOR: `sh ${program}` } } as unknown as Terminal;
  return { terminal, shown: () => readFileSync(seen, 'utf8').split('@@\n').slice(0, -1) };
}

let sent: (readonly [JobPatch, number])[] = [];
beforeEach(() => {
  sent = [];
});
const answering =
  (...answers: readonly (Job | Error)[]) =>
  (patch: JobPatch, version: number): Promise<Job> => {
    const answer = answers[sent.length];
    sent.push([patch, version]);
    return answer instanceof Error || answer === undefined
      ? Promise.reject(answer ?? new Error('once too often'))
      : Promise.resolve(answer);
  };

test('only what was changed is sent, from the version that was read', async () => {
  const { terminal } = editor('s/nightly/weekly/');
  expect(await editDocument(terminal, job, answering(job))).toBe(job);
  expect(sent).toEqual([[{ description: 'weekly' }, 3]]);
});

test('a configuration goes with its type', async () => {
  const { terminal } = editor('s/backup.sh/other.sh/');
  await editDocument(terminal, job, answering(job));
  expect(sent).toEqual([[{ type: 'script', config: { script: 'other.sh' } }, 3]]);
});

test('whoever saves second sees both versions, and nothing of theirs is lost', async () => {
  const { terminal, shown } = editor('s/nightly/weekly/', '/^#!/d');
  await editDocument(terminal, job, answering(conflict, job));
  expect(shown()[1]).toMatch(/^#! Ann saved version 4 .*\n#! description: saved is "hourly", yours is "weekly"\n/);
  expect(shown()[1]).toContain('description: weekly');
  expect(sent).toEqual([
    [{ description: 'weekly' }, 3],
    [{ description: 'weekly' }, 4],
  ]);
});

test('a conflict that is left as it is changes nothing', async () => {
  const { terminal } = editor('s/nightly/weekly/', '');
  expect(await editDocument(terminal, job, answering(conflict))).toBeNull();
});

test('the editor opens again, with what was wrong on top, until the document is taken', async () => {
  const refused = new ProblemError({
    type: 'about:blank',
    title: 'A value is not acceptable',
    status: 422,
    code: 'invalid',
    detail: 'description: is too long',
    request_id: '',
  });
  const { terminal, shown } = editor('s/nightly/{"/', 's/{"/long/', 's/long/short/');
  expect(await editDocument(terminal, job, answering(refused, job))).toBe(job);
  expect(shown()[1]).toMatch(/^#! the document: is neither YAML nor JSON/);
  expect(shown()[2]).toMatch(/^#! description: is too long\n/);
  expect(sent.map(([patch]) => patch)).toEqual([{ description: 'long' }, { description: 'short' }]);
});
