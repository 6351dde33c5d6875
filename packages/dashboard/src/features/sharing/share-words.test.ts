import type { Share } from 'job-trigger-contract';
import { expect, test } from 'vitest';
import { withShare } from './share-words.ts';

const standing: readonly Share[] = [
  { with: 'everyone', name: null, email: null, level: 'view' },
  { with: 'team', name: 'Night', email: null, level: 'run' },
  { with: 'person', name: 'Noor', email: 'noor@example.org', level: 'view' },
];

test('a share with the same person, whatever the case, takes the place of the one before', () => {
  const items = withShare(standing, { with: 'person', email: 'NOOR@example.org', level: 'edit' });
  expect(items).toEqual([
    { with: 'everyone', level: 'view' },
    { with: 'team', team: 'Night', level: 'run' },
    { with: 'person', email: 'NOOR@example.org', level: 'edit' },
  ]);
});

test('one with somebody else stands beside them', () => {
  expect(withShare(standing, { with: 'team', team: 'Day', level: 'view' })).toHaveLength(4);
  expect(withShare([], { with: 'everyone', level: 'view' })).toEqual([{ with: 'everyone', level: 'view' }]);
});
