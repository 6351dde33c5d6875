import { auditActions, auditSubjects } from 'job-trigger-core';
import { code, page, table } from './markdown.ts';

export function auditPage(): string {
  const rows = Object.entries(auditActions).map(([action, text]) => [code(action), text]);
  return page('Audit', 'packages/core/src/model/audit.ts', [
    'What stands in the [audit](../how-to/see-who-changed-what.md). `--action` and the field `action` take these words, groups as `job.*`, and several with commas.',
    `## Actions\n\n${table(['action', 'says'], rows)}`,
    `## Kinds of subjects\n\n${auditSubjects.map((kind) => code(kind)).join(', ')}.`,
  ]);
}
