/** Coming in with more than a password, or with a passkey in its place. */
import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { JobTriggerError, namedSubject, record, subjectOf, type Person, type SignInChallenge } from 'job-trigger-core';
import { refuseForeign } from '../access/cookies.ts';
import { optionsToShow, relyingParty } from '../access/passkeys.ts';
import { signInRenewably } from '../access/refresh-tokens.ts';
import { personBehind } from '../access/shown-passkey.ts';
import { tokensFor } from '../access/tokens.ts';
import { TryLimit } from '../access/try-limit.ts';
import type { PortalOptions } from '../portal.ts';
import { actorOf, serve } from '../route.ts';

/** @param tries those of sign-ins: wrong codes count with wrong passwords */
export function secondStepRoutes(app: FastifyInstance, options: PortalOptions, tries: TryLimit): void {
  const { store, config, system, operations } = options;
  const { signInMethods: methods } = operations;
  const { publicUrl } = config.values;
  const challenges = new TryLimit(system.clock, 30);

  /** Whose second step it is, as long as nothing about them has changed since the first. */
  async function personOf({ personId, epoch }: SignInChallenge): Promise<Person | null> {
    const person = personId === null ? null : await store.people.get(personId);
    return person !== null && person.active && person.epoch === epoch ? person : null;
  }

  serve(app, endpoints.secondStep, async ({ body, request, reply }) => {
    refuseForeign(request, publicUrl);
    tries.take(`address ${request.ip}`);
    const step = await methods.tryChallenge(body.token, 'second_step');
    const person = step === null ? null : await personOf(step);
    if (person === null) throw new JobTriggerError('unauthenticated', 'This sign-in is over. Begin anew.');
    tries.take(`person ${person.email}`);
    const isRight = await methods.takeCode(person.id, body.code, actorOf(request));
    // Whoever takes it comes in: the same token with another right code does not.
    if (!isRight || (await methods.takeChallenge(body.token, 'second_step')) === null) {
      await record(store, actorOf(request), { action: 'sign_in.failed', subject: subjectOf('person', person) });
      throw new JobTriggerError('unauthenticated', 'The code is wrong, or was used already.');
    }
    tries.forget(`person ${person.email}`);
    // The password's, and this one's.
    for (let step = 0; step < 2; step += 1) tries.giveBack(`address ${request.ip}`);
    if (body.refresh === true) return signInRenewably(options, person, request, reply);
    return tokensFor(options, person, request, reply);
  });

  serve(app, endpoints.passkeyChallenge, async ({ request }) => {
    refuseForeign(request, publicUrl);
    challenges.take(request.ip);
    const asked = await optionsToShow(relyingParty(request, publicUrl));
    const { challenge } = asked;
    const { token } = await methods.openChallenge({
      purpose: 'passkey_sign_in',
      person: null,
      signIn: null,
      challenge,
    });
    return { token, options: asked };
  });

  serve(app, endpoints.passkeySignIn, async ({ body, request, reply }) => {
    refuseForeign(request, publicUrl);
    tries.take(`address ${request.ip}`);
    const shown = await personBehind(options, request, 'passkey_sign_in', body);
    if (shown === null) {
      await record(store, actorOf(request), { action: 'sign_in.failed', subject: namedSubject('person', null) });
      throw new JobTriggerError('unauthenticated', 'This passkey does not come in. Use another way.');
    }
    tries.giveBack(`address ${request.ip}`);
    return tokensFor(options, shown.person, request, reply);
  });
}
