/** Looking at everything as somebody else sees it. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { Uuid } from '../shapes/common.ts';
import { ViewStarted } from '../shapes/people.ts';

export const viewsEndpoints = {
  beginView: endpoint({
    method: 'POST',
    path: '/api/users/{id}/view',
    access: 'admin',
    inPerson: true,
    tag: 'People',
    summary:
      'See what somebody sees, by the sign-in that asks, for half an hour at most; meanwhile it changes nothing.',
    params: z.strictObject({ id: Uuid }),
    status: 200,
    answer: ViewStarted,
  }),
  endView: endpoint({
    method: 'DELETE',
    path: '/api/auth/view',
    access: 'viewer',
    inPerson: true,
    tag: 'Sign-in',
    summary: 'See again what you see yourself; asked without a view it changes nothing.',
    status: 204,
    answer: null,
  }),
} as const;
