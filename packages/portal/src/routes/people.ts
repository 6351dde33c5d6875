import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { endpoints, type Tokens } from 'job-trigger-contract';
import { personToWire } from 'job-trigger-contract/mapping';
import {
  formatInstant,
  JobTriggerError,
  namedSubject,
  record,
  scopesInForce,
  subjectOf,
  toUuid,
  type Person,
} from 'job-trigger-core';
import { authenticationOf } from '../access/authentication.ts';
import { giveCookie, isForeignOrigin, takeCookie } from '../access/cookies.ts';
import { hashPassword, passwordMatches } from '../access/passwords.ts';
import { renew, signInRenewably } from '../access/refresh-tokens.ts';
import { setUp } from '../access/set-up.ts';
import { endSignIn, signIn } from '../access/sign-ins.ts';
import { TryLimit } from '../access/try-limit.ts';
import type { PortalOptions } from '../portal.ts';
import { actorOf, serve } from '../route.ts';

export function peopleRoutes(app: FastifyInstance, options: PortalOptions): void {
  const { store, config, system, operations } = options;
  const tries = new TryLimit(system.clock);

  function refuseForeign(request: FastifyRequest): void {
    if (isForeignOrigin(request, config.values.publicUrl))
      throw new JobTriggerError('forbidden', 'This must come from the portal’s own pages.');
  }

  async function tokensFor(person: Person, request: FastifyRequest, reply: FastifyReply): Promise<Tokens> {
    const from = { userAgent: request.headers['user-agent']?.slice(0, 300) ?? null, address: request.ip };
    const { secret, seconds } = await signIn(options, person, from, actorOf(request));
    void reply.header('cache-control', 'no-store');
    return {
      access_token: secret,
      token_type: 'Bearer',
      expires_in: seconds,
      cookie: giveCookie(request, reply, secret),
    };
  }

  serve(app, endpoints.setup, async ({ body, request, reply }) => {
    refuseForeign(request);
    tries.take(`setup ${request.ip}`);
    const { token, ...first } = body;
    return tokensFor(await setUp(options, token, first, actorOf(request)), request, reply);
  });

  serve(app, endpoints.login, async ({ body, request, reply }) => {
    refuseForeign(request);
    const email = body.email.trim().toLowerCase();
    tries.take(`address ${request.ip}`);
    tries.take(`person ${email}`);
    const person = await store.people.byEmail(email);
    const matches = await passwordMatches(body.password, person?.active === true ? person.passwordHash : null);
    if (!matches || person === null) {
      // Of an unknown address nothing is kept: what was typed there may be a password.
      const subject = person === null ? namedSubject('person', null) : subjectOf('person', person);
      await record(store, actorOf(request), { action: 'sign_in.failed', subject });
      throw new JobTriggerError('unauthenticated', 'E-mail or password is wrong.');
    }
    tries.forget(`person ${email}`);
    // A whole office may sign in from one address.
    tries.giveBack(`address ${request.ip}`);
    if (body.refresh === true) return signInRenewably(options, person, request, reply);
    return tokensFor(person, request, reply);
  });

  serve(app, endpoints.refresh, ({ body, request, reply }) => {
    refuseForeign(request);
    return renew(options, body.refresh_token, request, reply);
  });

  serve(app, endpoints.readInvitation, async ({ body, request }) => {
    refuseForeign(request);
    tries.take(`invitation ${request.ip}`);
    const { email, role, approver, invitedBy } = await operations.people.invitation(body.token);
    tries.giveBack(`invitation ${request.ip}`);
    return { email, role, approver, invited_by: invitedBy };
  });

  serve(app, endpoints.acceptInvitation, async ({ body, request, reply }) => {
    refuseForeign(request);
    tries.take(`invitation ${request.ip}`);
    const { token, name, timezone, password } = body;
    // Looked at before the password is hashed, which takes time and memory.
    await operations.people.invitation(token);
    const passwordHash = await hashPassword(password);
    const person = await operations.people.accept(token, { name, timezone, passwordHash }, actorOf(request));
    tries.forget(`invitation ${request.ip}`);
    return tokensFor(person, request, reply);
  });

  serve(app, endpoints.logout, async ({ request, reply }) => {
    const credential = request.caller?.credential ?? null;
    if (credential !== null) await endSignIn(store, credential, actorOf(request));
    takeCookie(request, reply);
    return undefined;
  });

  serve(app, endpoints.session, async ({ request }) => {
    const id = request.caller?.personId ?? null;
    const person = id === null ? null : await store.people.get(id);
    const key = request.caller?.key ?? null;
    return {
      setup_needed: authenticationOf(options) !== 'host' && (await store.people.count()) === 0,
      person: person === null ? null : personToWire(person),
      key:
        key === null || person === null
          ? null
          : {
              id: toUuid(key),
              name: key.name,
              scopes: [...scopesInForce(key, person.role)],
              expires_at: formatInstant(key.expiresAt),
            },
      settings: { command_allowed: config.values.allowCommand, authentication: authenticationOf(options) },
      installation: {
        name: 'Job Trigger Portal',
        version: options.version,
        timezone: options.timezone,
        secure: request.protocol === 'https',
      },
    };
  });
}
