import type { Client } from 'job-trigger-contract';
import { CommandError, exitStatus } from './exit-status.ts';

/** How the pages show a run: the last eight digits of its id. */
const short = /^[0-9a-f]{8}$/i;
const newest = 500;

export const isShortRunId = (text: string): boolean => short.test(text);

/** The whole id where a short one is given; anything else as it is. @throws CommandError when none, or several, end so */
export async function findRunId(client: Client, text: string): Promise<string> {
  if (!isShortRunId(text)) return text;
  const { items } = await client.listRuns({ query: { limit: newest } });
  const [found, second] = items.filter(({ id }) => id.endsWith(text.toLowerCase()));
  if (found === undefined)
    throw new CommandError(
      exitStatus.notFound,
      `None of the newest ${newest} runs ends in '${text}'.`,
      'Give the whole id; list them with: jtp runs ls',
    );
  if (second !== undefined)
    throw new CommandError(
      exitStatus.usage,
      `Several runs end in '${text}', ${found.id} and ${second.id} among them.`,
      'Give the whole id.',
    );
  return found.id;
}
