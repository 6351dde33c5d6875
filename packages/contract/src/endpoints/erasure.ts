/** What is kept of a person: handed out, and taken away. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { Uuid } from '../shapes/common.ts';
import { Erased, EraseRequest, UserExport } from '../shapes/erasure.ts';

const One = z.strictObject({ id: Uuid });
const tag = 'People';

export const erasureEndpoints = {
  exportUser: endpoint({
    method: 'POST',
    path: '/api/users/{id}/export',
    access: 'admin',
    tag,
    summary: 'Everything that names a person; the audit keeps that it was handed out.',
    params: One,
    status: 200,
    answer: UserExport,
  }),
  eraseUser: endpoint({
    method: 'POST',
    path: '/api/users/{id}/erase',
    access: 'admin',
    proof: true,
    tag,
    summary: 'Delete an account, and take what names its person out of everything that is kept. It cannot be undone.',
    params: One,
    body: EraseRequest,
    status: 200,
    answer: Erased,
  }),
} as const;
