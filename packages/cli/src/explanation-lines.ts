import type { Explanation } from 'job-trigger-contract';

/** An answer to "why?" as lines: the sentence, what stood in the way, and what would clear it. */
export function explanationLines({ sentence, links, action }: Explanation): readonly string[] {
  return [
    sentence,
    ...links.map(({ kind, id, text }) => `  ${text}: jtp ${kind}s get ${id}`),
    ...(action === null ? [] : [`  To change that: ${action.text}`]),
  ];
}
