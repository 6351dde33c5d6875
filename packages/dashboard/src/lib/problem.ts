import { ProblemError, UnreachableError, type Problem } from 'job-trigger-contract';

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
    const fields = (errors ?? [])
      .map((one) => (one.path === '' ? one.message : `${one.path}: ${one.message}`))
      .join(' ');
    // The detail often is the first field's.
    const told = detail !== undefined && fields.includes(detail) ? undefined : detail;
    const text = [told, fields].filter((part) => part !== undefined && part !== '').join(' ');
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
