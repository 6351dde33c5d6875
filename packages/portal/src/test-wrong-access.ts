/** Wrong requests about people and keys. */
import { invalid, type WrongCall } from './test-wrong-call.ts';

const toInvite = { path: '/api/invitations' } as const;
const toMake = { path: '/api/keys' } as const;
const noOne = '019a0000-0000-7000-8000-00000000ffff';
const missing = { status: 404, code: 'not_found', field: null } as const;
const invitation = (more: object): object => ({ email: 'tom@example.org', role: 'viewer', ...more });
const key = (more: object): object => ({ name: 'deploy', scopes: ['read'], ...more });

export const wrongAccess: readonly WrongCall[] = [
  { what: 'an invitation to nowhere', ...toInvite, body: invitation({ email: 'tom' }), ...invalid, field: 'email', says: 'address' },
  { what: 'an invitation to a role that there is not', ...toInvite, body: invitation({ role: 'chief' }), ...invalid, field: 'role', says: 'operator' },
  { what: 'an invitation for a year', ...toInvite, body: invitation({ valid_seconds: 31_536_000 }), ...invalid, field: 'valid_seconds', says: '30 days' },
  { what: 'an invitation that names an owner', ...toInvite, body: invitation({ id: noOne }), ...invalid, field: 'id', says: 'not known' },
  { what: 'an invitation that nobody made', path: '/api/auth/invitation', body: { token: 'none' }, status: 401, code: 'unauthenticated', field: null, says: 'not valid' },
  { what: 'an account without an invitation', path: '/api/auth/invitation/accept', body: { token: 'none', name: 'T', password: 'correct horse', timezone: 'UTC' }, status: 401, code: 'unauthenticated', field: null, says: 'not valid' },
  { what: 'the end of no invitation', method: 'DELETE', path: `/api/invitations/${noOne}`, ...missing, says: 'no such invitation' },
  { what: 'another role for nobody', method: 'PATCH', path: `/api/users/${noOne}`, body: { role: 'editor' }, ...missing, says: 'no such person' },
  { what: 'another address for somebody', method: 'PATCH', path: `/api/users/${noOne}`, body: { email: 'a@b' }, ...invalid, field: 'email', says: 'not known' },
  { what: 'the end of nobody', method: 'DELETE', path: `/api/users/${noOne}`, ...missing, says: 'no such person' },
  { what: 'the sign-ins of nobody', path: `/api/users/${noOne}/end-sign-ins`, ...missing, says: 'no such person' },
  { what: 'a key without a name', ...toMake, body: key({ name: ' ' }), ...invalid, field: 'name', says: '100' },
  { what: 'a key to nothing', ...toMake, body: key({ scopes: [] }), ...invalid, field: 'scopes', says: '>=1' },
  { what: 'a key to a scope that there is not', ...toMake, body: key({ scopes: ['read', 'all'] }), ...invalid, field: 'scopes.1', says: 'write' },
  { what: 'a key for ever', ...toMake, body: key({ valid_days: 10_000 }), ...invalid, field: 'valid_days', says: '366' },
  { what: 'a key from a name', ...toMake, body: key({ addresses: ['::1', 'intranet'] }), ...invalid, field: 'addresses.1', says: '10.0.0.0/8' },
  { what: 'a key for somebody else', ...toMake, body: key({ owner_id: noOne }), ...invalid, field: 'owner_id', says: 'not known' },
  { what: 'a new secret for no key', path: `/api/keys/${noOne}/rotate`, ...missing, says: 'no such key' },
  { what: 'the end of no key', method: 'DELETE', path: `/api/keys/${noOne}`, ...missing, says: 'no such key' },
  { what: 'the end of no sign-in', method: 'DELETE', path: '/api/auth/sessions/0123456789abcdef', ...missing, says: 'no such sign-in' },
  { what: 'a new password without the old one', path: '/api/auth/password', body: { current_password: 'none', new_password: 'correct horse' }, ...invalid, field: 'current_password', says: 'wrong' },
  { what: 'a new password that is short', path: '/api/auth/password', body: { current_password: 'correct horse battery', new_password: 'short' }, ...invalid, field: 'new_password', says: '8 to 1024' },
  { what: 'a zone that there is not', method: 'PATCH', path: '/api/auth/me', body: { timezone: 'Mars/X' }, status: 422, code: 'timezone_unknown', field: 'timezone', says: 'no known' },
];
