/** Incoming hooks of a job. Messages themselves go to `POST /api/hooks/{id}`, which is open: each proves its sender. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { Uuid } from '../shapes/common.ts';
import { Hook, HookInput, HookMade, HookPatch } from '../shapes/hook.ts';

const OfJob = z.strictObject({ id: Uuid });
const One = z.strictObject({ id: Uuid, hook_id: Uuid });
const tag = 'Hooks';

export const hooksEndpoints = {
  listHooks: endpoint({
    method: 'GET',
    path: '/api/jobs/{id}/hooks',
    access: 'viewer',
    tag,
    summary: 'Incoming hooks of a job, by name.',
    params: OfJob,
    status: 200,
    answer: z.object({ items: z.array(Hook) }),
  }),
  createHook: endpoint({
    method: 'POST',
    path: '/api/jobs/{id}/hooks',
    access: 'editor',
    tag,
    summary: 'Add an incoming hook; its secret is told only now.',
    params: OfJob,
    body: HookInput,
    status: 201,
    answer: HookMade,
  }),
  patchHook: endpoint({
    method: 'PATCH',
    path: '/api/jobs/{id}/hooks/{hook_id}',
    access: 'editor',
    tag,
    summary: 'Change an incoming hook, or switch it off and on; absent fields stay.',
    params: One,
    body: HookPatch,
    status: 200,
    answer: Hook,
  }),
  deleteHook: endpoint({
    method: 'DELETE',
    path: '/api/jobs/{id}/hooks/{hook_id}',
    access: 'editor',
    tag,
    summary: 'Delete an incoming hook; its address takes no more messages.',
    params: One,
    status: 204,
    answer: null,
  }),
  rotateHook: endpoint({
    method: 'POST',
    path: '/api/jobs/{id}/hooks/{hook_id}/rotate',
    access: 'editor',
    tag,
    summary: 'Make a new secret, told only now; the one before is taken besides it for 24 hours.',
    params: One,
    status: 200,
    answer: HookMade,
  }),
} as const;
