/** Sign-in through others, and which of them an account is linked to. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { Uuid } from '../shapes/common.ts';
import { LinkedSignIns, OidcAway, OidcBack, OidcBegin, OidcDone, Provider } from '../shapes/oidc.ts';

const Named = z.strictObject({ name: z.string().max(40) });

export const oidcEndpoints = {
  listProviders: endpoint({
    method: 'GET',
    path: '/api/auth/oidc',
    access: 'open',
    tag: 'Sign-in',
    summary: 'Whom people may sign in through.',
    status: 200,
    answer: z.object({ items: z.array(Provider) }),
  }),
  beginOidc: endpoint({
    method: 'POST',
    path: '/api/auth/oidc/{name}',
    access: 'open',
    tag: 'Sign-in',
    summary: 'Begin a sign-in through a provider; for a browser, which gets a cookie of ten minutes.',
    params: Named,
    body: OidcBegin,
    status: 200,
    answer: OidcAway,
  }),
  finishOidc: endpoint({
    method: 'POST',
    path: '/api/auth/oidc/{name}/callback',
    access: 'open',
    tag: 'Sign-in',
    summary: 'Sign in with what a provider sent back, once and in the browser that began.',
    params: Named,
    body: OidcBack,
    status: 200,
    answer: OidcDone,
  }),
  listLinks: endpoint({
    method: 'GET',
    path: '/api/auth/links',
    access: 'viewer',
    inPerson: true,
    tag: 'Profile',
    summary: 'Providers through which one may sign in, oldest first.',
    status: 200,
    answer: LinkedSignIns,
  }),
  beginLink: endpoint({
    method: 'POST',
    path: '/api/auth/oidc/{name}/link',
    access: 'viewer',
    inPerson: true,
    proof: true,
    tag: 'Profile',
    summary: 'Begin to add a provider to one’s own account.',
    params: Named,
    status: 200,
    answer: OidcAway,
  }),
  removeLink: endpoint({
    method: 'DELETE',
    path: '/api/auth/links/{id}',
    access: 'viewer',
    inPerson: true,
    proof: true,
    tag: 'Profile',
    summary: 'Take a provider off one’s own account; refused for the only way in.',
    params: z.strictObject({ id: Uuid }),
    status: 204,
    answer: null,
  }),
} as const;
