import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProblemError, type Job, type JobPatch } from 'job-trigger-contract';
import { JobTriggerError, type FieldError } from 'job-trigger-core';
import { stringify } from 'yaml';
import { parseDefinition } from './definition.ts';
import { CommandError, exitStatus } from './exit-status.ts';
import type { Terminal } from './terminal.ts';

/** Fields of a job that a person edits; the rest is told by the system. */
const editable = [
  'name',
  'description',
  'type',
  'config',
  'tags',
  'schedules',
  'timeout_seconds',
  'kill_grace_seconds',
  'on_lost',
  'overlap',
  'max_concurrent',
  'priority',
  'queue',
  'worker_labels',
  'catch_up',
  'retry',
  'parameters',
  'max_runs',
  'start_deadline_seconds',
  'source',
] as const;

function openEditor(command: string, file: string): Promise<number> {
  const [program = 'vi', ...args] = command.split(' ').filter((part) => part !== '');
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args, file], { stdio: 'inherit' });
    child.on('error', (cause) =>
      reject(new CommandError(exitStatus.usage, `EDITOR: ${program} does not start.`, cause.message)),
    );
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** What a person can mend by editing on: what the portal does not take, or what cannot be read. Null for the rest. */
function remarksOn(error: unknown): readonly string[] | null {
  const fields = (list: readonly FieldError[]): string[] => list.map(({ path, message }) => `${path}: ${message}`);
  if (error instanceof ProblemError && error.status === 422)
    return [error.message, ...fields(error.problem.errors ?? [])];
  if (error instanceof JobTriggerError) return fields(error.fields);
  return null;
}

/** The remarks as comments on top, so that the next round of editing shows them. */
function withRemarks(text: string, remarks: readonly string[]): string {
  return `${remarks.map((line) => `#! ${line}\n`).join('')}${text.replace(/^#!.*\n/gm, '')}`;
}

/** Opens the job in the person's editor and repeats until it is accepted. Null when nothing was changed. */
export async function editDocument(
  terminal: Terminal,
  job: Job,
  send: (patch: JobPatch) => Promise<Job>,
): Promise<Job | null> {
  const folder = await mkdtemp(join(tmpdir(), 'jtp-edit-'));
  const file = join(folder, `${job.id}.yaml`);
  const before = stringify(Object.fromEntries(editable.map((name) => [name, job[name]])));
  try {
    let text = before;
    for (;;) {
      await writeFile(file, text, { mode: 0o600 });
      const code = await openEditor(terminal.env['VISUAL'] ?? terminal.env['EDITOR'] ?? 'vi', file);
      const edited = await readFile(file, 'utf8');
      if (code !== 0 || edited === text) return null;
      try {
        return await send(parseDefinition(edited, 'the document') as JobPatch);
      } catch (error) {
        const remarks = remarksOn(error);
        if (remarks === null) throw error;
        text = withRemarks(edited, remarks);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
