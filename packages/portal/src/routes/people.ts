import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
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
import { lacksSecondFactor } from '../access/access-control.ts';
import { authenticationOf } from '../access/authentication.ts';
import { refuseForeign, takeCookie } from '../access/cookies.ts';
import { hashPassword, passwordMatches } from '../access/passwords.ts';
import { renew, signInRenewably } from '../access/refresh-tokens.ts';
import { setUp } from '../access/set-up.ts';
import { endSignIn } from '../access/sign-ins.ts';
import { tokensFor } from '../access/tokens.ts';
import { endView, ownActor } from '../access/views.ts';
import { TryLimit } from '../access/try-limit.ts';
import type { PortalOptions } from '../portal.ts';
import { actorOf, serve, type Caller } from '../route.ts';
import { secondStepRoutes } from './second-step.ts';

function keyInForce(caller: Caller | null, person: Person | null) {
  const key = caller?.key ?? null;
  if (key === null || person === null) return null;
  const scopes = [...scopesInForce(key, person.role)];
  return { id: toUuid(key), name: key.name, scopes, expires_at: formatInstant(key.expiresAt) };
}

export function peopleRoutes(app: FastifyInstance, options: PortalOptions): void {
  const { store, config, system, operations } = options;
  const tries = new TryLimit(system.clock);

  /** The tries go on counting: whoever knows a password alone must not get anew as many for the codes. */
  async function secondFactorNeeded(person: Person): Promise<JobTriggerError> {
    const opened = { purpose: 'second_step', person, signIn: null, challenge: null } as const;
    const { token, seconds } = await operations.signInMethods.openChallenge(opened);
    const details = { token, expires_in: seconds };
    return new JobTriggerError(
      'second_factor_needed',
      'Give the code that your app shows, or a recovery code.',
      details,
    );
  }

  serve(app, endpoints.setup, async ({ body, request, reply }) => {
    refuseForeign(request, config.values.publicUrl);
    tries.take(`setup ${request.ip}`);
    const { token, ...first } = body;
    return tokensFor(options, await setUp(options, token, first, actorOf(request)), request, reply);
  });

  serve(app, endpoints.login, async ({ body, request, reply }) => {
    refuseForeign(request, config.values.publicUrl);
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
    const { codes } = await operations.signInMethods.methodsOf(person.id);
    if (codes !== null) throw await secondFactorNeeded(person);
    tries.forget(`person ${email}`);
    // A whole office may sign in from one address.
    tries.giveBack(`address ${request.ip}`);
    if (body.refresh === true) return signInRenewably(options, person, request, reply);
    return tokensFor(options, person, request, reply);
  });

  serve(app, endpoints.refresh, ({ body, request, reply }) => {
    refuseForeign(request, config.values.publicUrl);
    return renew(options, body.refresh_token, request, reply);
  });

  secondStepRoutes(app, options, tries);

  serve(app, endpoints.readInvitation, async ({ body, request }) => {
    refuseForeign(request, config.values.publicUrl);
    tries.take(`invitation ${request.ip}`);
    const { email, role, approver, invitedBy } = await operations.people.invitation(body.token);
    tries.giveBack(`invitation ${request.ip}`);
    return { email, role, approver, invited_by: invitedBy };
  });

  serve(app, endpoints.acceptInvitation, async ({ body, request, reply }) => {
    refuseForeign(request, config.values.publicUrl);
    tries.take(`invitation ${request.ip}`);
    const { token, name, timezone, password } = body;
    // Looked at before the password is hashed, which takes time and memory.
    await operations.people.invitation(token);
    const passwordHash = await hashPassword(password);
    const person = await operations.people.accept(token, { name, timezone, passwordHash }, actorOf(request));
    tries.forget(`invitation ${request.ip}`);
    return tokensFor(options, person, request, reply);
  });

  serve(app, endpoints.logout, async ({ request, reply }) => {
    const credential = request.caller?.credential ?? null;
    await endView(request, options);
    if (credential !== null) await endSignIn(store, credential, ownActor(request));
    takeCookie(request, reply);
    return undefined;
  });

  serve(app, endpoints.session, async ({ request }) => {
    const id = request.caller?.personId ?? null;
    const person = id === null ? null : await store.people.get(id);
    const viewer = request.caller?.viewer ?? null;
    return {
      setup_needed: authenticationOf(options) !== 'host' && (await store.people.count()) === 0,
      person: person === null ? null : personToWire(person),
      key: keyInForce(request.caller, person),
      view: viewer === null ? null : { by: viewer.name, until: formatInstant(viewer.until) },
      second_factor_missing: request.caller !== null && (await lacksSecondFactor(request.caller, options)),
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
