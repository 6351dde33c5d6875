import { reasonActs, reasonCatalogue } from 'job-trigger-core';
import { code, page, table } from './markdown.ts';

const views = {
  waiting: ['Why a run waits', 'Of a run that is `queued`: `reason` and `reason_text` of the run.'],
  skipped: ['Why a due instant became no run', 'Of an occurrence or a gap that is `skipped`.'],
  ended: ['How a run ended', 'Beside the final state, when its own result is not all there is to say.'],
  idle: ['Why nothing is next', 'Of a job that has no next instant: `next_text`.'],
  told: ['What else is said of an instant', 'The answer of `GET /api/jobs/{id}/why?at=` where no reason held it back.'],
} as const satisfies Record<keyof typeof reasonCatalogue, readonly [string, string]>;

export function reasonsPage(): string {
  const sections = Object.entries(views).map(([view, [heading, words]]) => {
    const rows = Object.entries(reasonCatalogue[view as keyof typeof views]).map(([reason, entry]) => [
      code(reason),
      entry.plain,
      entry.sentence === entry.plain ? '' : [...(entry.fuller ?? []), entry.sentence].join(' Or: '),
      reasonActs[entry.act],
    ]);
    return `## ${heading}\n\n${words}\n\n${table(['code', 'says', 'says, when all facts are known', 'what would clear it'], rows)}`;
  });
  return page('Reasons', 'packages/core/src/model/reasons.ts', [
    'Everything that waits, was skipped or ended otherwise than by its own result carries a code of this catalogue and its\nsentence. Pages, command line and API show the same words. Some codes belong to controls that are not built yet, as the\n[changelog](../../CHANGELOG.md) says; they stand here because the catalogue is one.',
    ...sections,
  ]);
}
