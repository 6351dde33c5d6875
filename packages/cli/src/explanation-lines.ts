import type { Explanation } from 'job-trigger-contract';

/** What clears a reason, where a command does it. */
const commands: Readonly<Record<string, string>> = {
  start_worker: 'start a worker: jtp worker',
  edit_workers: 'look at the workers, or start one: jtp workers ls, jtp worker',
};

/** An answer to "why?" as lines: the sentence, what stood in the way, and what would clear it. */
export function explanationLines({ sentence, links, action }: Explanation): readonly string[] {
  return [
    sentence,
    ...links.map(({ kind, id, text }) => `  ${text}: jtp ${kind}s get ${id}`),
    ...(action === null ? [] : [`  To change that: ${commands[action.code] ?? action.text}`]),
  ];
}
