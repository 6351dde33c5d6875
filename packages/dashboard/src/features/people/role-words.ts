import type { Access, Person } from 'job-trigger-contract';

/** What each role may, in words. */
export const roleWords: Readonly<Record<Person['role'], string>> = {
  viewer: 'Sees everything, changes nothing.',
  operator: 'Runs, retries, cancels and acknowledges too.',
  editor: 'Makes and changes jobs too.',
  admin: 'Manages people and settings too.',
};

export const roleNames: readonly Person['role'][] = ['viewer', 'operator', 'editor', 'admin'];

/** Whether somebody of this role may call an endpoint of this access. */
export function roleMay(role: Person['role'], access: Access): boolean {
  return access === 'open' || roleNames.indexOf(role) >= roleNames.indexOf(access);
}
