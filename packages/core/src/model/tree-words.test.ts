import { expect, test } from 'vitest';
import { treeSentence } from './tree-words.ts';

test.each([
  [{ processes: 0, survivors: [] }, 'No process is left.'],
  [{ processes: 1, survivors: [] }, 'Its one process has ended.'],
  [{ processes: 3, survivors: [], leftBehind: 0, ignoredTerm: 0 }, 'All 3 processes have ended.'],
  [
    { processes: 3, survivors: [], leftBehind: 2, ignoredTerm: 0 },
    'All 3 processes have ended. 2 outlived the first and were killed.',
  ],
  [
    { processes: 2, survivors: [], leftBehind: 1, ignoredTerm: 0 },
    'All 2 processes have ended. One outlived the first and was killed.',
  ],
  [
    { processes: 1, survivors: [], leftBehind: 0, ignoredTerm: 1 },
    'Its one process did not end when it was asked to (SIGTERM) and was killed.',
  ],
  [
    { processes: 4, survivors: [{ pid: 812, command: 'dump' }], leftBehind: 2, ignoredTerm: 2 },
    'pid 812 (dump) is still alive. 2 did not end when they were asked to (SIGTERM) and were killed.',
  ],
] as const)('%j is told as: %s', (tree, sentence) => {
  expect(treeSentence(tree)).toBe(sentence);
});
