import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { EditConflict, ProblemError, type Job, type JobPatch } from 'job-trigger-contract';
import { JobTriggerError, type FieldError } from 'job-trigger-core';
import { parseDefinition } from './definition-file.ts';
import { definitionOf } from './definition.ts';
import { CommandError, exitStatus } from './exit-status.ts';
import { conflictLines } from './output/report.ts';
import type { Terminal } from './terminal.ts';
import { readYaml, writeYaml } from './yaml.ts';

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
function withRemarks(text: string, remarks: readonly string[]): string {
  return `${remarks.map((line) => `#! ${line}\n`).join('')}${text.replace(/^#!.*\n/gm, '')}`;
}

/** What a person can mend by editing on: what cannot be read, what is not taken, what others saved. Null for the rest. */
function remarksOn(error: unknown): readonly string[] | null {
  const fields = (list: readonly FieldError[]): string[] => list.map(({ path, message }) => `${path}: ${message}`);
  if (error instanceof JobTriggerError) return fields(error.fields);
  if (!(error instanceof ProblemError)) return null;
  if (error.status === 422) return [error.message, ...fields(error.problem.errors ?? [])];
  if (error.code !== 'edit_conflict') return null;
  return [
    error.message,
    ...conflictLines(error.problem),
    'Below is yours. Take over what you want of the saved version, remove these lines, and save: yours then stands.',
    'Leave the file as it is to change nothing.',
  ];
}

/** The version that was saved meanwhile, from which the next round is made. */
function savedVersion(error: unknown): number | undefined {
  return error instanceof ProblemError ? EditConflict.safeParse(error.problem).data?.version : undefined;
}

function documentOf(job: Job): Promise<string> {
  return writeYaml(definitionOf(job));
}

/** Fields that the person changed: what others saved meanwhile in the rest stays. */
async function changesOf(edited: string, job: Job): Promise<JobPatch> {
  const fields = await parseDefinition(edited, 'the document');
  if (typeof fields !== 'object' || fields === null) return fields as JobPatch;
  const before = (await readYaml(await documentOf(job))) as Readonly<Record<string, unknown>>;
  const changed = Object.entries(fields).filter(([name, value]) => !isDeepStrictEqual(value, before[name]));
  // A configuration belongs to its type.
  const type = changed.some(([name]) => name === 'config') ? { type: job.type } : {};
  return { ...type, ...Object.fromEntries(changed) };
}

/**
 * Opens the job in the person's editor and repeats until it is accepted, or left as it is. Null when nothing was changed.
 *
 * @param send gets the version that the change is made from
 */
export async function editDocument(
  terminal: Terminal,
  job: Job,
  send: (patch: JobPatch, version: number) => Promise<Job>,
): Promise<Job | null> {
  const folder = await mkdtemp(join(tmpdir(), 'jtp-edit-'));
  const file = join(folder, `${job.id}.yaml`);
  try {
    let text = await documentOf(job);
    for (let version = job.version; ;) {
      await writeFile(file, text, { mode: 0o600 });
      const code = await openEditor(terminal.env['VISUAL'] ?? terminal.env['EDITOR'] ?? 'vi', file);
      const edited = await readFile(file, 'utf8');
      if (code !== 0 || edited === text) return null;
      try {
        return await send(await changesOf(edited, job), version);
      } catch (error) {
        const remarks = remarksOn(error);
        if (remarks === null) throw error;
        text = withRemarks(edited, remarks);
        version = savedVersion(error) ?? version;
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
