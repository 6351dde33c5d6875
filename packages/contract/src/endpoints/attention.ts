/** What a person must decide: one item a cause. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import {
  AssignBody,
  AttentionCount,
  AttentionDetail,
  AttentionShape,
  AttentionPage,
  AttentionQuery,
  AttentionRetried,
  AttentionRetryBody,
  NoteBody,
  ResolveBody,
  SnoozeBody,
} from '../shapes/attention.ts';
import { Uuid } from '../shapes/common.ts';

const params = z.strictObject({ id: Uuid });
const act = { method: 'POST', access: 'operator', tag: 'Attention', params, status: 200 } as const;

export const attentionEndpoints = {
  listAttention: endpoint({
    method: 'GET',
    path: '/api/attention',
    access: 'viewer',
    tag: 'Attention',
    summary: 'What needs a person, one item a cause; newest first.',
    query: AttentionQuery,
    status: 200,
    answer: AttentionPage,
  }),
  countAttention: endpoint({
    method: 'GET',
    path: '/api/attention/count',
    access: 'viewer',
    tag: 'Attention',
    summary: 'How much needs a person: in total, by kind, class and job type, critical, the oldest.',
    status: 200,
    answer: AttentionCount,
  }),
  getAttention: endpoint({
    method: 'GET',
    path: '/api/attention/{id}',
    access: 'viewer',
    tag: 'Attention',
    summary: 'One item with its jobs, its runs, and what has changed since the last success.',
    params,
    status: 200,
    answer: AttentionDetail,
  }),
  acknowledgeAttention: endpoint({
    ...act,
    path: '/api/attention/{id}/acknowledge',
    summary: 'Say that somebody has seen it. It stays until it is over.',
    answer: AttentionShape,
  }),
  assignAttention: endpoint({
    ...act,
    path: '/api/attention/{id}/assign',
    summary: 'Give it to a person, or to nobody.',
    body: AssignBody,
    answer: AttentionShape,
  }),
  noteAttention: endpoint({
    ...act,
    path: '/api/attention/{id}/note',
    summary: 'Write a note on it; null removes it.',
    body: NoteBody,
    answer: AttentionShape,
  }),
  snoozeAttention: endpoint({
    ...act,
    path: '/api/attention/{id}/snooze',
    summary: 'Put it off until an instant; null brings it back.',
    body: SnoozeBody,
    answer: AttentionShape,
  }),
  resolveAttention: endpoint({
    ...act,
    path: '/api/attention/{id}/resolve',
    summary: 'End it. It opens again when the same happens once more.',
    body: ResolveBody.optional(),
    answer: AttentionShape,
  }),
  reopenAttention: endpoint({
    ...act,
    path: '/api/attention/{id}/reopen',
    summary: 'Undo its resolution.',
    answer: AttentionShape,
  }),
  retryAttention: endpoint({
    ...act,
    path: '/api/attention/{id}/retry',
    summary: 'Run again what failed, each run once and at most 200; an item without runs starts its job.',
    body: AttentionRetryBody.optional(),
    answer: AttentionRetried,
  }),
} as const;
