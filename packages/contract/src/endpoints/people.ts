/** Set-up, sign-in and who is here. */
import { endpoint } from '../endpoint.ts';
import { LoginRequest, RefreshRequest, Session, SetupRequest, Tokens } from '../shapes/people.ts';

export const peopleEndpoints = {
  setup: endpoint({
    method: 'POST',
    path: '/api/setup',
    access: 'open',
    tag: 'Sign-in',
    summary: 'Create the first administrator with the one-time token.',
    body: SetupRequest,
    status: 201,
    answer: Tokens,
  }),
  login: endpoint({
    method: 'POST',
    path: '/api/auth/login',
    access: 'open',
    tag: 'Sign-in',
    summary: 'Sign in with e-mail and password.',
    body: LoginRequest,
    status: 200,
    answer: Tokens,
  }),
  refresh: endpoint({
    method: 'POST',
    path: '/api/auth/refresh',
    access: 'open',
    tag: 'Sign-in',
    summary: 'The next pair of tokens for a refresh token, which works once; a second time ends the sign-in.',
    body: RefreshRequest,
    status: 200,
    answer: Tokens,
  }),
  logout: endpoint({
    method: 'POST',
    path: '/api/auth/logout',
    access: 'viewer',
    tag: 'Sign-in',
    summary: 'End this sign-in.',
    status: 204,
    answer: null,
  }),
  session: endpoint({
    method: 'GET',
    path: '/api/auth/me',
    access: 'open',
    tag: 'Sign-in',
    summary: 'Who is signed in, and whether the installation still needs its set-up.',
    status: 200,
    answer: Session,
  }),
} as const;
