import { ProblemError, type Problem } from 'job-trigger-contract';
import { JobTriggerError, type FieldError } from 'job-trigger-core';
import { CommandError, exitStatus, statusOf } from '../exit-status.ts';
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
    if (error.problem.request_id !== '') lines.push(`request id: ${error.problem.request_id}`);
  }
  if (error instanceof JobTriggerError) {
    for (const field of error.fields) lines.push(`cause: ${field.path}: ${field.message}`);
  }
  if (error instanceof CommandError && error.fix !== null) lines.push(`fix: ${error.fix}`);
  for (const line of lines) terminal.stderr.write(`${printable(line)}\n`);
}

/** What a failure is on the wire that never was there, by its exit status. */
const kinds: Readonly<Record<number, Pick<Problem, 'status' | 'code' | 'title'>>> = {
  [exitStatus.failed]: { status: 500, code: 'internal', title: 'Our fault' },
  [exitStatus.usage]: { status: 422, code: 'invalid', title: 'A value is not acceptable' },
  [exitStatus.notFound]: { status: 404, code: 'not_found', title: 'Not found' },
  [exitStatus.notPermitted]: { status: 403, code: 'forbidden', title: 'Not allowed' },
  [exitStatus.timedOut]: { status: 504, code: 'timed_out', title: 'It took too long' },
  [exitStatus.unreachable]: { status: 503, code: 'unavailable', title: 'Not available just now' },
};

function fieldsOf(error: unknown): readonly FieldError[] {
  if (error instanceof JobTriggerError) return error.fields;
  if (error instanceof CommandError && error.flag !== null) return [{ path: error.flag, message: error.message }];
  return [];
}

function asDocument(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  const kind = kinds[statusOf(error)] ?? { status: 500, code: 'internal', title: 'Our fault' };
  return {
    type: 'about:blank',
    ...kind,
    ...(error instanceof JobTriggerError ? { code: error.code } : {}),
    detail: error instanceof Error ? error.message : String(error),
    errors: [...fieldsOf(error)],
    ...(error instanceof CommandError && error.fix !== null ? { fix: error.fix } : {}),
    request_id: '',
  };
}
