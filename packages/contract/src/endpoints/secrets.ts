/** Secrets: written and used, never read. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { Uuid } from '../shapes/common.ts';
import {
  InstallationKeyRotation,
  InstallationKeyState,
  MaskAnswer,
  MaskRequest,
  SecretInput,
  SecretList,
  SecretSaved,
  SecretTest,
  SecretValue,
} from '../shapes/secret.ts';

const One = z.strictObject({ id: Uuid });
const tag = 'Secrets';

export const secretsEndpoints = {
  listSecrets: endpoint({
    method: 'GET',
    path: '/api/secrets',
    access: 'editor',
    tag,
    summary: 'Secrets that one may use, by name, with the jobs that do; no values.',
    status: 200,
    answer: SecretList,
  }),
  createSecret: endpoint({
    method: 'POST',
    path: '/api/secrets',
    access: 'editor',
    tag,
    summary: 'Set a new secret.',
    body: SecretInput,
    status: 201,
    answer: SecretSaved,
  }),
  rotateSecret: endpoint({
    method: 'PUT',
    path: '/api/secrets/{id}',
    access: 'editor',
    tag,
    summary: 'Give a secret another value; runs that start from now on get it.',
    params: One,
    body: SecretValue,
    status: 200,
    answer: SecretSaved,
  }),
  deleteSecret: endpoint({
    method: 'DELETE',
    path: '/api/secrets/{id}',
    access: 'editor',
    tag,
    summary: 'Delete a secret that no job uses.',
    params: One,
    status: 204,
    answer: null,
  }),
  testSecret: endpoint({
    method: 'POST',
    path: '/api/secrets/{id}/test',
    access: 'editor',
    tag,
    summary: 'Whether its value can be read now, from where the portal runs.',
    params: One,
    status: 200,
    answer: SecretTest,
  }),
  maskLine: endpoint({
    method: 'POST',
    path: '/api/secrets/mask',
    access: 'editor',
    tag,
    summary: 'A line as a log would show it.',
    body: MaskRequest,
    status: 200,
    answer: MaskAnswer,
  }),
  installationKey: endpoint({
    method: 'GET',
    path: '/api/secrets/key',
    access: 'admin',
    tag,
    summary: 'Which key seals, where it lies, and what is still sealed with one before it.',
    status: 200,
    answer: InstallationKeyState,
  }),
  rotateInstallationKey: endpoint({
    method: 'POST',
    path: '/api/secrets/rotate-key',
    access: 'admin',
    proof: true,
    tag,
    summary: 'Seal everything with a new key of the installation; goes on where one was interrupted.',
    status: 200,
    answer: InstallationKeyRotation,
  }),
} as const;
