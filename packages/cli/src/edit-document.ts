import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProblemError, type Job, type JobPatch } from 'job-trigger-contract';
import { CommandError, exitStatus } from './exit-status.ts';
import type { Terminal } from './terminal.ts';
import { readYaml, writeYaml } from './yaml.ts';

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

/** What was wrong, as comments on top, so that the next round of editing shows it. */
function withRemarks(text: string, error: ProblemError): string {
  const remarks = [error.message, ...(error.problem.errors ?? []).map((field) => `${field.path}: ${field.message}`)];
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
  const before = await writeYaml(Object.fromEntries(editable.map((name) => [name, job[name]])));
  try {
    let text = before;
    for (;;) {
      await writeFile(file, text, { mode: 0o600 });
      const code = await openEditor(terminal.env['VISUAL'] ?? terminal.env['EDITOR'] ?? 'vi', file);
      const edited = await readFile(file, 'utf8');
      if (code !== 0 || edited === text) return null;
      try {
        return await send((await readYaml(edited)) as JobPatch);
      } catch (error) {
        if (!(error instanceof ProblemError) || error.status !== 422) throw error;
        text = withRemarks(edited, error);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
