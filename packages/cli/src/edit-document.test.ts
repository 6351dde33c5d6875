import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProblemError, type Job, type JobPatch } from 'job-trigger-contract';
import { expect, test } from 'vitest';
import { freshDir } from '../../../test/setup/databases.ts';
import { editDocument } from './edit-document.ts';

const job = { id: '019a0000-0000-7000-8000-000000000001', name: 'before', tags: [] } as unknown as Job;

test('the editor opens again, with what was wrong on top, until the document is taken', async () => {
  const folder = freshDir('jtp-edit');
  const editor = join(folder.path, 'editor.sh');
  // Each round appends what it was given to a witness, and writes the next of three documents.
  writeFileSync(
    editor,
    `#!/bin/sh
cat "$1" >> ${folder.path}/seen; echo --- >> ${folder.path}/seen
round=$(cat ${folder.path}/round 2>/dev/null || echo 0); echo $((round + 1)) > ${folder.path}/round
case $round in 0) echo '{name: a, name: b}' > "$1";; 1) echo '{name: ""}' > "$1";; *) echo '{name: after}' > "$1";; esac
`,
  );
  chmodSync(editor, 0o755);
  const terminal = {
    stdout: { write: () => true },
    stderr: { write: () => true },
    env: { EDITOR: editor },
    cwd: folder.path,
    readStdin: () => Promise.resolve(''),
  };
  const send = (patch: JobPatch): Promise<Job> =>
    patch.name === ''
      ? Promise.reject(
          new ProblemError({
            type: 'about:blank',
            title: 'A value is not acceptable',
            status: 422,
            code: 'invalid',
            detail: 'name: needs a character',
            request_id: '',
          }),
        )
      : Promise.resolve({ ...job, name: patch.name ?? '' });
  try {
    expect(await editDocument(terminal, job, send)).toMatchObject({ name: 'after' });
    const rounds = readFileSync(join(folder.path, 'seen'), 'utf8').split('---\n');
    expect(rounds[0]).toContain('name: before');
    expect(rounds[1]).toMatch(/^#! the document: is neither YAML nor JSON/);
    expect(rounds[2]).toMatch(/^#! name: needs a character\n\{name: ""\}/);
  } finally {
    folder.remove();
  }
});
