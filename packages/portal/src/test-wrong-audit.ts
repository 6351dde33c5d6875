/** Wrong requests about the audit. */
import { invalid, malformed, type WrongCall } from './test-wrong-call.ts';

const get = { method: 'GET' } as const;
const badCursor = { ...get, ...malformed, field: 'cursor', says: 'next_cursor' } as const;

export const wrongOfAudit: readonly WrongCall[] = [
  {
    what: 'an audit of an act that is none',
    ...get,
    path: '/api/audit?action=job.*,moon.*',
    ...invalid,
    field: 'action',
    says: '/api/audit/actions',
  },
  {
    what: 'an audit of a way that is none',
    ...get,
    path: '/api/audit?via=owl',
    ...invalid,
    field: 'via',
    says: '"page"|"api"',
  },
  { what: 'an audit from a page that is none', ...badCursor, path: '/api/audit?cursor=x' },
  {
    what: 'an audit since no instant',
    ...get,
    path: '/api/audit?since=noon',
    ...invalid,
    field: 'since',
    says: 'RFC 3339',
  },
  {
    what: 'a verification against a head that was made up',
    method: 'POST',
    path: '/api/audit/verify',
    body: { head: { sequence: 9, hash: 'a', at: '2030-01-01T00:00:00Z', key_id: 'k', signature: 'a'.repeat(64) } },
    ...invalid,
    field: 'head',
    says: 'not signed',
  },
];
