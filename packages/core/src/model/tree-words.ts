import type { TreeProof } from './run.ts';

/** What was found of an attempt's processes, in a sentence. */
export function treeSentence({ processes, survivors }: TreeProof): string {
  if (survivors.length > 0) {
    const named = survivors.map(({ pid, command }) => `pid ${pid} (${command})`);
    return `${named.join(', ')} ${survivors.length === 1 ? 'is' : 'are'} still alive.`;
  }
  if (processes === 0) return 'No process is left.';
  return processes === 1 ? 'Its one process has ended.' : `All ${processes} processes have ended.`;
}
