/** Whether whoever calls may: refused unless the route itself says otherwise. */
import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify';
import { holdsRole, JobTriggerError, scopeOfRole, scopesInForce, type ApiKey } from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import type { Caller } from '../route.ts';
import { authenticationOf } from './authentication.ts';
import { identify } from './callers.ts';
import { RequestLimit } from './request-limit.ts';
import { refuseElsewhere } from './this-machine.ts';
import { refuseWhileViewing } from './views.ts';

/** What a route says of who may call it. */
type Declared = Pick<FastifyContextConfig, 'access' | 'inPerson' | 'proof' | 'approver'>;

/** One route as it is served; for the test that asks each of them as everybody. */
export interface ServedRoute extends Declared {
  readonly method: string;
  readonly url: string;
}

/** Why not, with what would be needed; null for yes. */
function refusalOf(caller: Caller, declared: Declared): string | null {
  const { access } = declared;
  if (access === undefined) return 'This needs the role of nobody.';
  if (access === 'open') return null;
  return caller.key === null
    ? refusalInPerson(caller, access, declared)
    : refusalByKey(caller.key, caller, { ...declared, access });
}

type Guarded = Exclude<FastifyContextConfig['access'], undefined | 'open'>;

function refusalInPerson({ role, approver }: Caller, access: Guarded, { approver: isAsked }: Declared): string | null {
  if (isAsked === true && !approver && role !== 'admin')
    return 'This needs an approver. An administrator can make you one.';
  return holdsRole(role, access)
    ? null
    : `This needs the role ${access}; you are ${role}. An administrator can change that.`;
}

function refusalByKey(
  key: ApiKey,
  { role }: Caller,
  { access, inPerson }: Declared & { readonly access: Guarded },
): string | null {
  if (inPerson === true) return 'A key may not do this. Sign in instead.';
  if (!holdsRole(role, access)) return `This needs the role ${access}; the owner of this key is ${role}.`;
  const scope = scopeOfRole[access];
  return scopesInForce(key, role).includes(scope) ? null : `This needs a key with the scope ${scope}.`;
}

const proofNeeded =
  'You signed in a while ago. Show once more who you are (POST /api/auth/proof), sign in anew, or use a key. Nothing was changed.';

const secondFactorMissing =
  'This installation wants a second factor of everybody. Set up one-time codes or a passkey in your profile first.';

/** Whether somebody who is signed in must set up a second factor before anything else. */
export async function lacksSecondFactor(
  { credential, personId: asked, viewer }: Pick<Caller, 'credential' | 'personId' | 'viewer'>,
  { config, operations }: Pick<PortalOptions, 'config' | 'operations'>,
): Promise<boolean> {
  const personId = viewer === undefined ? asked : viewer.personId;
  if (!config.values.requireSecondFactor || credential === null || personId === null) return false;
  return !(await operations.signInMethods.hasSecondFactor(personId));
}

/** What whoever may is asked for besides. @throws `proof_needed`, `second_factor_missing` */
async function askForMore(caller: Caller, { proof, own }: FastifyContextConfig, options: PortalOptions): Promise<void> {
  if (proof === true && (caller.provenAgo ?? 0) > options.config.values.proofMinutes * 60_000)
    throw new JobTriggerError('proof_needed', proofNeeded);
  if (own !== true && (await lacksSecondFactor(caller, options)))
    throw new JobTriggerError('second_factor_missing', secondFactorMissing);
}

/** Whether an answer that takes long may go on: what its caller showed still counts, for the same eyes, and is still enough. */
export async function mayStill(request: FastifyRequest, options: PortalOptions): Promise<boolean> {
  const { config } = request.routeOptions;
  if (config.access === 'open') return true;
  const caller = await identify(request, options);
  const isSame = caller?.personId === request.caller?.personId;
  return caller !== null && isSame && refusalOf(caller, config) === null;
}

/** Notes every route, and lets no app be built that serves one without saying who may call it. */
function routesOf(app: FastifyInstance): readonly ServedRoute[] {
  const routes: (Omit<ServedRoute, keyof Declared> & { readonly config: () => Declared })[] = [];
  const served: ServedRoute[] = [];
  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat())
      routes.push({ method, url: route.url, config: () => route.config ?? {} });
  });
  app.addHook('onReady', (done) => {
    // Only now: a plugin may say it for routes of its own after they were noted.
    served.push(...routes.map(({ method, url, config }) => ({ method, url, ...config() })));
    const silent = served.find(({ access }) => access === undefined);
    done(
      silent === undefined ? undefined : new TypeError(`${silent.method} ${silent.url} does not say who may call it.`),
    );
  });
  return served;
}

/** What opens a way in that the portal looks after itself: set-up, sign-in, invitations. */
function isSignIn(url: string | undefined): boolean {
  return url === '/api/setup' || (url?.startsWith('/api/auth/') === true && url !== '/api/auth/me');
}

export function accessControl(app: FastifyInstance, options: PortalOptions): void {
  const { config, system, localCaller } = options;
  const limit = new RequestLimit(system.clock, () => (localCaller === undefined ? config.values.ratePerMinute : 0));
  const authentication = authenticationOf(options);
  // Who shows the secret of this process has no machine but this one.
  const letsAnybodyAsk = authentication !== 'off' || localCaller !== undefined;
  const letsHostSignIn = authentication === 'host';
  app.decorate('served', routesOf(app));
  app.decorateRequest('caller', null);
  app.addHook('onRequest', async (request, reply) => {
    const { config: route, url } = request.routeOptions;
    if (!letsAnybodyAsk) refuseElsewhere(request.raw);
    if (letsHostSignIn && isSignIn(url))
      throw new JobTriggerError('forbidden', 'The host application signs people in.');
    // No route at all: the not-found answer tells nothing.
    if (url !== undefined) request.caller = await identify(request, options);
    limit.take(request, reply);
    refuseWhileViewing(request);
    if (url === undefined || route.access === 'open') return;
    if (request.caller === null) throw new JobTriggerError('unauthenticated', 'Sign in, or send a valid token.');
    const refusal = refusalOf(request.caller, route);
    if (refusal !== null) throw new JobTriggerError('forbidden', refusal);
    await askForMore(request.caller, route, options);
  });
}
