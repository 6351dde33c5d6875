/** Credentials of programs. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { Uuid } from '../shapes/common.ts';
import { Key, KeyInput, KeyMade, KeyQuery, KeyRotation } from '../shapes/key.ts';

const One = z.strictObject({ id: Uuid });
const tag = 'Keys';

export const keysEndpoints = {
  listKeys: endpoint({
    method: 'GET',
    path: '/api/keys',
    access: 'viewer',
    tag,
    summary: 'One’s own keys by name; an administrator may ask for all.',
    query: KeyQuery,
    status: 200,
    answer: z.object({ items: z.array(Key) }),
  }),
  createKey: endpoint({
    method: 'POST',
    path: '/api/keys',
    access: 'viewer',
    inPerson: true,
    proof: true,
    tag,
    summary: 'Make a key that acts for oneself; it is told only now.',
    body: KeyInput,
    status: 201,
    answer: KeyMade,
  }),
  rotateKey: endpoint({
    method: 'POST',
    path: '/api/keys/{id}/rotate',
    access: 'viewer',
    inPerson: true,
    proof: true,
    tag,
    summary: 'Make a new key in the place of one’s own, told only now; the one before is taken too for a while.',
    params: One,
    body: KeyRotation.optional(),
    status: 200,
    answer: KeyMade,
  }),
  revokeKey: endpoint({
    method: 'DELETE',
    path: '/api/keys/{id}',
    access: 'viewer',
    tag,
    summary: 'End a key at once: one’s own, for an administrator anybody’s.',
    params: One,
    status: 204,
    answer: null,
  }),
} as const;
