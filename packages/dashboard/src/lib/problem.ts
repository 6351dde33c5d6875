import { ProblemError, UnreachableError, type Problem } from 'job-trigger-contract';
import { wordsOfPath } from './field-errors.ts';

export interface FailureWords {
  readonly title: string;
  readonly text: string;
  readonly requestId: string | undefined;
}

/** A failure in words: what went wrong and what to do; time-out, sign-in, refusal and server trouble differ. */
export function wordsOf(error: unknown): FailureWords {
  if (error instanceof UnreachableError) {
    return {
      title: 'The server does not answer',
      text: 'Nothing was changed as far as this page knows. Check the connection and try again.',
      requestId: undefined,
    };
  }
  if (error instanceof ProblemError) {
    const { title, detail, request_id, errors } = error.problem;
    // The detail often is the first field's.
    const isFields = (errors ?? []).some(({ path, message }) => detail === message || detail === `${path}: ${message}`);
    const text = [isFields ? undefined : detail, toldByField(error.problem)]
      .filter((part) => part !== undefined && part !== '')
      .join(' ');
    if (error.status === 401)
      return { title: 'You are signed out', text: 'Sign in again to go on.', requestId: request_id };
    return {
      title,
      text: text === '' ? 'Nothing was changed.' : text,
      requestId: request_id === '' ? undefined : request_id,
    };
  }
  return {
    title: 'This page has a fault',
    text: error instanceof Error ? error.message : String(error),
    requestId: undefined,
  };
}

/** Every message with the field it speaks of in words: `Times: '9.30' is no time of day`. */
export function toldByField(problem: Problem): string {
  return Object.entries(fieldErrors(problem))
    .map(([path, message]) => (path === '' ? message : `${wordsOfPath(path)}: ${message}`))
    .join(' ');
}

/** Messages by field, the paths written with dots however the server wrote them. */
export function fieldErrors(problem: Problem): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { path, message } of problem.errors ?? []) {
    const dotted = path
      .replace(/^[/$.]+/, '')
      .replace(/\[(\d+)\]/g, '.$1')
      .replaceAll('/', '.');
    found[dotted] = found[dotted] === undefined ? message : `${found[dotted]} ${message}`;
  }
  return found;
}
