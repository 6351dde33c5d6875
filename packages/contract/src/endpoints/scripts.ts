/** What scripts may run: each content approved by another person than its author. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { Uuid } from '../shapes/common.ts';
import { ScriptApprovals, ScriptCommentBody, ScriptDecisionBody, ScriptReview } from '../shapes/script.ts';

const params = z.strictObject({ id: Uuid });
const tag = 'Scripts';

export const scriptsEndpoints = {
  listScriptApprovals: endpoint({
    method: 'GET',
    path: '/api/scripts/approvals',
    access: 'viewer',
    tag,
    summary: 'Scripts that jobs name, by path, and whether what they hold is approved.',
    status: 200,
    answer: ScriptApprovals,
  }),
  reviewScript: endpoint({
    method: 'GET',
    path: '/api/scripts/approvals/{id}',
    access: 'viewer',
    tag,
    summary: 'One script to review: what it holds, what changed since it was approved, hints, and who is due next.',
    params,
    status: 200,
    answer: ScriptReview,
  }),
  decideScript: endpoint({
    method: 'POST',
    path: '/api/scripts/approvals/{id}/decide',
    access: 'viewer',
    approver: true,
    inPerson: true,
    tag,
    summary: 'Approve what a script holds, ask for changes, or reject it; not what one is the author of.',
    params,
    body: ScriptDecisionBody,
    status: 200,
    answer: ScriptReview,
  }),
  commentScript: endpoint({
    method: 'POST',
    path: '/api/scripts/approvals/{id}/comments',
    access: 'viewer',
    inPerson: true,
    tag,
    summary: 'Say something of what a script holds, of one line or of the whole.',
    params,
    body: ScriptCommentBody,
    status: 201,
    answer: ScriptReview,
  }),
} as const;
