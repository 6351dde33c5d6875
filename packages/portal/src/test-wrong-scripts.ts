/** Wrong requests about scripts and their approval. */
import { invalid, type WrongCall } from './test-wrong-call.ts';

const missing = { status: 404, code: 'not_found', field: null } as const;
const noOne = '019a0000-0000-7000-8000-00000000ffff';

export const wrongScripts: readonly WrongCall[] = [
  {
    what: 'a review of a script that there is not',
    method: 'GET',
    path: `/api/scripts/approvals/${noOne}`,
    ...missing,
    says: 'script',
  },
  {
    what: 'an approval of no content',
    path: `/api/scripts/approvals/${noOne}/decide`,
    body: { decision: 'approved', sha256: 'none' },
    ...invalid,
    field: 'sha256',
    says: '64',
  },
  {
    what: 'a decision that there is not',
    path: `/api/scripts/approvals/${noOne}/decide`,
    body: { decision: 'perhaps', sha256: '0'.repeat(64) },
    ...invalid,
    field: 'decision',
    says: 'rejected',
  },
  {
    what: 'an approval where none is required',
    path: `/api/scripts/approvals/${noOne}/decide`,
    body: { decision: 'approved', sha256: '0'.repeat(64) },
    status: 409,
    code: 'conflict',
    field: null,
    says: 'require_script_approval',
  },
  {
    what: 'a comment on no script',
    path: `/api/scripts/approvals/${noOne}/comments`,
    body: { sha256: '0'.repeat(64), text: 'Why?' },
    ...missing,
    says: 'script',
  },
  {
    what: 'a change of a script that does not say what was looked at',
    method: 'PUT',
    path: '/api/scripts/content?path=hello.sh',
    body: { content: 'echo' },
    ...invalid,
    field: 'If-Match',
    says: 'SHA-256',
  },
  {
    what: 'a content that is told in no way there is',
    path: '/api/scripts',
    body: { path: 'x.sh', content: 'eA==', encoding: 'hex' },
    ...invalid,
    field: 'encoding',
    says: 'base64',
  },
  {
    what: 'a script where configuration allows none',
    path: '/api/scripts',
    body: { path: 'x.sh', content: 'echo' },
    status: 403,
    code: 'forbidden',
    field: null,
    says: 'scripts.allow_editing',
  },
];
