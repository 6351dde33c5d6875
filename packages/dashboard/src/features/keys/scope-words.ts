import type { Key, Person } from 'job-trigger-contract';

type Scope = Key['scopes'][number];

/** Each scope with what it lets a key do, and the role whose right that is. */
export const scopeWords: Readonly<Record<Scope, { readonly text: string; readonly role: Person['role'] }>> = {
  read: { text: 'Look at everything.', role: 'viewer' },
  run: { text: 'Run, retry, cancel, acknowledge.', role: 'operator' },
  write: { text: 'Make and change jobs.', role: 'editor' },
  admin: { text: 'Manage people and settings.', role: 'admin' },
};

export const scopeNames = Object.keys(scopeWords) as readonly Scope[];
