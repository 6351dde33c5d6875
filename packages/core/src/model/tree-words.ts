import type { TreeProof } from './run.ts';

/** What was found of an attempt's processes, and what had to be done to end them, in sentences. */
export function treeSentence({ processes, survivors, leftBehind = 0, ignoredTerm = 0 }: TreeProof): string {
  const killed = killedWords({ leftBehind, ignoredTerm });
  if (processes === 1 && survivors.length === 0 && ignoredTerm > 0)
    return 'Its one process did not end when it was asked to (SIGTERM) and was killed.';
  return [endWords({ processes, survivors }), ...killed].join(' ');
}

function endWords({ processes, survivors }: TreeProof): string {
  if (survivors.length > 0) {
    const named = survivors.map(({ pid, command }) => `pid ${pid} (${command})`);
    return `${named.join(', ')} ${survivors.length === 1 ? 'is' : 'are'} still alive.`;
  }
  if (processes === 0) return 'No process is left.';
  return processes === 1 ? 'Its one process has ended.' : `All ${processes} processes have ended.`;
}

/** Who ignored the request was killed for that, whether or not it outlived the first. */
function killedWords({ leftBehind, ignoredTerm }: Required<Pick<TreeProof, 'leftBehind' | 'ignoredTerm'>>): string[] {
  if (ignoredTerm === 1) return ['One did not end when it was asked to (SIGTERM) and was killed.'];
  if (ignoredTerm > 1) return [`${ignoredTerm} did not end when they were asked to (SIGTERM) and were killed.`];
  if (leftBehind === 1) return ['One outlived the first and was killed.'];
  return leftBehind > 1 ? [`${leftBehind} outlived the first and were killed.`] : [];
}
