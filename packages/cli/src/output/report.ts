import { EditConflict, ProblemError, type Problem } from 'job-trigger-contract';
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
  const said = [
    `error: ${error instanceof Error ? error.message : String(error)}`,
    ...causesOf(error)
      .filter((cause) => !isSaid(error, cause))
      .map(({ path, message }) => `cause: ${path}: ${message}`),
    ...(error instanceof ProblemError ? conflictLines(error.problem) : []),
    ...(error instanceof ProblemError && error.problem.request_id !== ''
      ? [`request id: ${error.problem.request_id}`]
      : []),
    ...(fixOf(error) === null ? [] : [`fix: ${fixOf(error)}`]),
  ];
  for (const line of said) terminal.stderr.write(`${printable(line)}\n`);
}

/** What helps; null where nobody knows. */
function fixOf(error: unknown): string | null {
  if (error instanceof CommandError) return error.fix;
  if (!(error instanceof ProblemError)) return null;
  if (error.code === 'unauthenticated') return 'Sign in with: jtp login';
  return error.code === 'proof_needed' ? 'Sign in anew with: jtp login' : null;
}

/** What two people wanted, a field a line; nothing for any other problem. */
export function conflictLines(problem: ProblemError['problem']): readonly string[] {
  const conflict = EditConflict.safeParse(problem);
  if (problem.code !== 'edit_conflict' || !conflict.success) return [];
  return conflict.data.difference.map(
    ({ field, theirs, yours }) => `${field}: saved is ${JSON.stringify(theirs)}, yours is ${JSON.stringify(yours)}`,
  );
}

/** Does the message name the field and what is wrong with it, as it does when only one is at fault? */
function isSaid(error: unknown, { path, message }: FieldError): boolean {
  const said = error instanceof Error ? error.message.replace(/\.$/, '') : '';
  return said.startsWith(path) && said.endsWith(message.replace(/\.$/, ''));
}

/** Fields at fault that the message alone does not name. */
function causesOf(error: unknown): readonly FieldError[] {
  if (error instanceof ProblemError) return error.problem.errors ?? [];
  return error instanceof JobTriggerError ? error.fields : [];
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
