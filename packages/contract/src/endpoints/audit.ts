/** Who did what. Nothing here changes or deletes a row. */
import { endpoint } from '../endpoint.ts';
import { AuditActions, AuditHead, AuditQuery, AuditRow, AuditVerdict, AuditVerifyRequest } from '../shapes/audit.ts';
import { pageOf } from '../shapes/common.ts';

const tag = 'Audit';

export const auditEndpoints = {
  listAudit: endpoint({
    method: 'GET',
    path: '/api/audit',
    access: 'admin',
    tag,
    summary: 'Every change and every sensitive act, newest first; or all of them as a file.',
    query: AuditQuery,
    status: 200,
    answer: pageOf(AuditRow),
  }),
  auditActions: endpoint({
    method: 'GET',
    path: '/api/audit/actions',
    access: 'admin',
    tag,
    summary: 'The actions that are written down.',
    status: 200,
    answer: AuditActions,
  }),
  auditHead: endpoint({
    method: 'GET',
    path: '/api/audit/head',
    access: 'admin',
    tag,
    summary: 'The signed end of the chain, to be kept elsewhere.',
    status: 200,
    answer: AuditHead,
  }),
  verifyAudit: endpoint({
    method: 'POST',
    path: '/api/audit/verify',
    access: 'admin',
    tag,
    summary: 'Follow the whole chain and name the first bad row; changes nothing.',
    body: AuditVerifyRequest,
    status: 200,
    answer: AuditVerdict,
  }),
} as const;
