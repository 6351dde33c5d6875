import { errorCodes, errorMeanings, JobTriggerError, type ErrorCode } from 'job-trigger-core';
import { statusOf } from '../../packages/cli/src/exit-status.ts';
import { problemTitles, statusByKind } from '../../packages/portal/src/plugins/errors.ts';
import { code, page, table } from './markdown.ts';

export function errorsPage(): string {
  const rows = Object.entries(errorMeanings).map(([name, meaning]) => [
    code(name),
    meaning,
    String(statusByKind[errorCodes[name as ErrorCode]]),
    String(statusOf(new JobTriggerError(name as ErrorCode, ''))),
  ]);
  const others = Object.entries(problemTitles)
    .filter(([, [name]]) => !Object.hasOwn(errorCodes, name))
    .map(([status, [name, title]]) => [code(name), `${title}.`, status, '2']);
  return page('Errors', 'packages/core/src/errors.ts', [
    'A code is stable, a message is not: programs look at the code. Over HTTP it is the `code` of the problem document, in the\nlibrary that of `JobTriggerError`; `jtp` ends with the status beside it.',
    table(
      ['code', 'meaning', 'HTTP', 'exit status'],
      [...rows, ...others].sort(([a = ''], [b = '']) => a.localeCompare(b)),
    ),
  ]);
}
