import type { Person } from 'job-trigger-contract';

/** What each role may, in words. */
export const roleWords: Readonly<Record<Person['role'], string>> = {
  viewer: 'Sees what is theirs and what is shared with them, changes nothing.',
  operator: 'Runs, retries, cancels and acknowledges too.',
  editor: 'Makes and changes jobs too.',
  admin: 'Manages people and settings too.',
};

export const roleNames: readonly Person['role'][] = ['viewer', 'operator', 'editor', 'admin'];

/** What is given besides a role. */
export const approverWords = 'May approve scripts, besides what the role allows; none of which they are the author.';
