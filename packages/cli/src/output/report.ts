import { EditConflict, ProblemError } from 'job-trigger-contract';
import { JobTriggerError } from 'job-trigger-core';
import { CommandError, exitStatus } from '../exit-status.ts';
import type { Terminal } from '../terminal.ts';
import { printable } from './table.ts';

/** A failure in words on stderr; with `json` the problem document. stdout stays empty either way. */
export function reportFailure(terminal: Terminal, error: unknown, json: boolean): void {
  if (json) {
    terminal.stderr.write(`${JSON.stringify(asDocument(error))}\n`);
    return;
  }
  const lines = [`error: ${error instanceof Error ? error.message : String(error)}`];
  if (error instanceof ProblemError) {
    for (const field of error.problem.errors ?? []) lines.push(`cause: ${field.path}: ${field.message}`);
    lines.push(...conflictLines(error.problem));
    if (error.problem.request_id !== '') lines.push(`request id: ${error.problem.request_id}`);
  }
  if (error instanceof JobTriggerError) {
    for (const field of error.fields) lines.push(`cause: ${field.path}: ${field.message}`);
  }
  if (error instanceof CommandError && error.fix !== null) lines.push(`fix: ${error.fix}`);
  for (const line of lines) terminal.stderr.write(`${printable(line)}\n`);
}

/** What two people wanted, a field a line; nothing for any other problem. */
export function conflictLines(problem: ProblemError['problem']): readonly string[] {
  const conflict = EditConflict.safeParse(problem);
  if (problem.code !== 'edit_conflict' || !conflict.success) return [];
  return conflict.data.difference.map(
    ({ field, theirs, yours }) => `${field}: saved is ${JSON.stringify(theirs)}, yours is ${JSON.stringify(yours)}`,
  );
}

const codes: Readonly<Record<number, string>> = {
  [exitStatus.notFound]: 'not_found',
  [exitStatus.notPermitted]: 'forbidden',
  [exitStatus.timedOut]: 'timed_out',
};

function asDocument(error: unknown): unknown {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof JobTriggerError) return { code: error.code, detail: error.message, errors: error.fields };
  if (error instanceof CommandError) return { code: codes[error.status] ?? 'invalid', detail: error.message };
  return { code: 'internal', detail: error instanceof Error ? error.message : String(error) };
}
