/** Sign-in of a command line elsewhere (RFC 8628, with answers of this API's own form). */
import { endpoint } from '../endpoint.ts';
import {
  DeviceAsking,
  DeviceDecision,
  DeviceQuery,
  DeviceRequest,
  DeviceStarted,
  DeviceTokenRequest,
} from '../shapes/device.ts';
import { Tokens } from '../shapes/people.ts';

export const devicesEndpoints = {
  startDevice: endpoint({
    method: 'POST',
    path: '/api/auth/device',
    access: 'open',
    tag: 'Sign-in',
    summary: 'Begin to sign a command line in: its person confirms the code in a browser within ten minutes.',
    body: DeviceRequest,
    status: 200,
    answer: DeviceStarted,
  }),
  deviceTokens: endpoint({
    method: 'POST',
    path: '/api/auth/device/token',
    access: 'open',
    tag: 'Sign-in',
    summary:
      'Tokens for a command line that was let in, once; else `authorization_pending`, `slow_down`, `access_denied` or `expired_token`.',
    body: DeviceTokenRequest,
    status: 200,
    answer: Tokens,
  }),
  lookDevice: endpoint({
    method: 'GET',
    path: '/api/auth/device',
    access: 'viewer',
    inPerson: true,
    tag: 'Sign-in',
    summary: 'Who waits under a code, from where and since when.',
    query: DeviceQuery,
    status: 200,
    answer: DeviceAsking,
  }),
  approveDevice: endpoint({
    method: 'POST',
    path: '/api/auth/device/approve',
    access: 'viewer',
    inPerson: true,
    proof: true,
    tag: 'Sign-in',
    summary: 'Let the command line that waits under a code sign in as oneself.',
    body: DeviceDecision,
    status: 200,
    answer: DeviceAsking,
  }),
  denyDevice: endpoint({
    method: 'POST',
    path: '/api/auth/device/deny',
    access: 'viewer',
    inPerson: true,
    tag: 'Sign-in',
    summary: 'Refuse the command line that waits under a code.',
    body: DeviceDecision,
    status: 200,
    answer: DeviceAsking,
  }),
} as const;
