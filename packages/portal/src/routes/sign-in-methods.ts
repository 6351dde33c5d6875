/** What people set up to come in with, and how they prove once more who is there. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { passkeyToWire, secondFactorsToWire, signInMethodsToWire } from 'job-trigger-contract/mapping';
import { invalidField, JobTriggerError, record, subjectOf, type Actor, type Person } from 'job-trigger-core';
import { optionsToAdd, optionsToShow, relyingParty, relyingPartyOf, whatWasAdded } from '../access/passkeys.ts';
import { passwordMatches } from '../access/passwords.ts';
import { personBehind } from '../access/shown-passkey.ts';
import { TryLimit } from '../access/try-limit.ts';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { actorOf, serve } from '../route.ts';

export function signInMethodRoutes(app: FastifyInstance, options: PortalOptions): void {
  const { store, config, operations, system } = options;
  const { signInMethods: methods, people } = operations;
  const { publicUrl } = config.values;
  const tries = new TryLimit(system.clock);

  async function self({ personId }: Actor): Promise<Person> {
    if (personId === null) throw new JobTriggerError('conflict', 'Nobody is signed in.');
    return people.get(personId);
  }

  /** The sign-in that asks; a local command line has none. */
  function signInOf({ caller }: FastifyRequest): string {
    const hash = caller?.credential ?? null;
    if (hash === null) throw new JobTriggerError('conflict', 'There is no sign-in to prove anything for.');
    return hash;
  }

  async function passkeyProves(
    request: FastifyRequest,
    person: Person,
    answer: Parameters<typeof personBehind>[3],
  ): Promise<boolean> {
    const shown = await personBehind(options, request, 'passkey_proof', answer);
    return shown !== null && shown.person.id === person.id && shown.asked.signIn === signInOf(request);
  }

  serve(app, endpoints.signInMethods, async ({ actor, request }) => {
    const party = relyingPartyOf(request, publicUrl);
    const { id } = await self(actor);
    return signInMethodsToWire(await methods.methodsOf(id), typeof party === 'string' ? party : null);
  });

  serve(app, endpoints.proofChallenge, async ({ actor, request }) => {
    const person = await self(actor);
    const signIn = signInOf(request);
    const { passkeys } = await methods.methodsOf(person.id);
    if (passkeys.length === 0) throw new JobTriggerError('conflict', 'You have no passkey.');
    const asked = await optionsToShow(relyingParty(request, publicUrl), passkeys);
    const { challenge } = asked;
    const { token } = await methods.openChallenge({ purpose: 'passkey_proof', person, signIn, challenge });
    return { token, options: asked };
  });

  serve(app, endpoints.prove, async ({ body, actor, request }) => {
    const person = await self(actor);
    const signIn = signInOf(request);
    const { password, code, passkey } = body;
    if ([password, code, passkey].filter((shown) => shown !== undefined).length !== 1)
      throw invalidField('', 'Give one of password, code and passkey.');
    tries.take(String(person.id));
    const isRight =
      password !== undefined
        ? await passwordMatches(password, person.passwordHash)
        : code !== undefined
          ? await methods.takeCode(person.id, code, actor)
          : passkey !== undefined && (await passkeyProves(request, person, passkey));
    if (!isRight) {
      await record(store, actorOf(request), { action: 'sign_in.failed', subject: subjectOf('person', person) });
      const field = password !== undefined ? 'password' : code !== undefined ? 'code' : 'passkey';
      throw invalidField(field, field === 'code' ? 'is wrong, or was used already' : 'is wrong');
    }
    await methods.prove(signIn, person, actor);
    tries.forget(String(person.id));
    return undefined;
  });

  serve(app, endpoints.beginCodes, async ({ actor, reply }) => {
    void reply.header('cache-control', 'no-store');
    return methods.beginCodes((await self(actor)).id);
  });

  serve(app, endpoints.confirmCodes, async ({ body, actor, reply }) => {
    const { id } = await self(actor);
    tries.take(`confirm ${id}`);
    const codes = await methods.confirmCodes(id, body.code, actor);
    void reply.header('cache-control', 'no-store');
    return { recovery_codes: [...codes] };
  });

  serve(app, endpoints.removeCodes, async ({ actor }) => {
    await methods.removeCodes((await self(actor)).id, actor);
    return undefined;
  });

  serve(app, endpoints.renewRecoveryCodes, async ({ actor, reply }) => {
    void reply.header('cache-control', 'no-store');
    return { recovery_codes: [...(await methods.renewRecoveryCodes((await self(actor)).id, actor))] };
  });

  serve(app, endpoints.passkeyOptions, async ({ actor, request }) => {
    const person = await self(actor);
    const signIn = signInOf(request);
    const { passkeys } = await methods.methodsOf(person.id);
    const asked = await optionsToAdd(relyingParty(request, publicUrl), person, passkeys);
    const { challenge } = asked;
    const { token } = await methods.openChallenge({ purpose: 'passkey_new', person, signIn, challenge });
    return { token, options: asked };
  });

  serve(app, endpoints.addPasskey, async ({ body, actor, request }) => {
    const person = await self(actor);
    const party = relyingParty(request, publicUrl);
    const asked = await methods.takeChallenge(body.token, 'passkey_new');
    const isTheirs = asked !== null && asked.personId === person.id && asked.signIn === signInOf(request);
    const challenge = isTheirs ? asked.challenge : null;
    const added = challenge === null ? null : await whatWasAdded(party, challenge, body.credential);
    if (added === null) throw invalidField('credential', 'is not the answer to what was asked, or came too late');
    return passkeyToWire(await methods.addPasskey(person.id, { name: body.name, ...added }, actor));
  });

  serve(app, endpoints.renamePasskey, async ({ params, body, actor }) => {
    const { id } = await self(actor);
    return passkeyToWire(await methods.renamePasskey(id, referenceOf(params.id, 'passkey').id, body.name, actor));
  });

  serve(app, endpoints.removePasskey, async ({ params, actor }) => {
    const { id } = await self(actor);
    await methods.removePasskey(id, referenceOf(params.id, 'passkey').id, actor);
    return undefined;
  });

  serve(app, endpoints.clearSecondFactors, async ({ params, actor }) =>
    secondFactorsToWire(await methods.clearSecondFactors(referenceOf(params.id, 'person').id, actor)),
  );
}
