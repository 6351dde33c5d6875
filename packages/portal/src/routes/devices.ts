import type { FastifyInstance, FastifyRequest } from 'fastify';
import { endpoints, type DeviceAsking } from 'job-trigger-contract';
import { formatInstant, JobTriggerError, type DeviceSignIn } from 'job-trigger-core';
import { authenticationOf } from '../access/authentication.ts';
import { refuseForeign } from '../access/cookies.ts';
import { renewableTokens } from '../access/refresh-tokens.ts';
import { TryLimit } from '../access/try-limit.ts';
import type { PortalOptions } from '../portal.ts';
import { actorOf, serve } from '../route.ts';

const toWire = ({ client, host, address, createdAt, expiresAt }: DeviceSignIn): DeviceAsking => ({
  client,
  host,
  address,
  created_at: formatInstant(createdAt),
  expires_at: formatInstant(expiresAt),
});

/** Whose sign-in it is that asks. A caller without one cannot hand any on. @throws `conflict` */
function signedIn({ caller }: FastifyRequest): number {
  if (caller === null || caller.credential === null || caller.personId === null)
    throw new JobTriggerError('conflict', 'Nobody is signed in.');
  return caller.personId;
}

/** Sign-in of command lines: what they ask, and what their people answer. */
export function deviceRoutes(app: FastifyInstance, options: PortalOptions): void {
  const { operations, system, config } = options;
  const { devices } = operations;
  const { publicUrl } = config.values;
  const starts = new TryLimit(system.clock);
  const guesses = new TryLimit(system.clock);

  /** Wrong codes count, so that nobody finds one by trying. */
  async function tried<T>(personId: number, work: () => Promise<T>): Promise<T> {
    guesses.take(String(personId));
    const found = await work();
    guesses.giveBack(String(personId));
    return found;
  }

  serve(app, endpoints.startDevice, async ({ body, request, reply }) => {
    refuseForeign(request, publicUrl);
    if (authenticationOf(options) === 'off')
      throw new JobTriggerError('conflict', 'Nobody signs in here: authentication is off.');
    starts.take(request.ip);
    const { client, host = '' } = body;
    const started = await devices.start({ client, host, address: request.ip });
    const page = `${publicUrl?.replace(/\/$/, '') ?? `${request.protocol}://${request.host}`}/device`;
    void reply.header('cache-control', 'no-store');
    return {
      device_code: started.deviceCode,
      user_code: started.userCode,
      verification_uri: page,
      verification_uri_complete: `${page}?code=${started.userCode}`,
      expires_in: started.seconds,
      interval: started.intervalSeconds,
    };
  });

  serve(app, endpoints.deviceTokens, async ({ body, request, reply }) => {
    refuseForeign(request, publicUrl);
    const { person, device } = await devices.ask(body.device_code);
    const userAgent = device.host === '' ? device.client : `${device.client} on ${device.host}`;
    void reply.header('cache-control', 'no-store');
    return renewableTokens(options, person, { userAgent, address: request.ip }, actorOf(request));
  });

  serve(app, endpoints.lookDevice, ({ query, request }) =>
    tried(signedIn(request), async () => toWire(await devices.look(query.user_code))),
  );

  for (const [endpoint, decision] of [
    [endpoints.approveDevice, 'allowed'],
    [endpoints.denyDevice, 'denied'],
  ] as const)
    serve(app, endpoint, ({ body, actor, request }) => {
      const personId = signedIn(request);
      return tried(personId, async () => toWire(await devices.decide(body.user_code, decision, personId, actor)));
    });
}
