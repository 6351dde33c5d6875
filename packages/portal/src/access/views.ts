/**
 * An administrator looks with the eyes of somebody else: the session answers as that person would be answered, for half an
 * hour at most, and changes nothing meanwhile. It is kept with the session, never told by a request.
 */
import type { FastifyRequest } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import {
  audited,
  formatInstant,
  JobTriggerError,
  note,
  noteNothing,
  subjectOf,
  type Actor,
  type Id,
  type Instant,
  type Person,
  type Tables,
} from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { actorOf, urlOf, type Caller } from '../route.ts';

const viewMs = 30 * 60_000;

/** A view as it is kept: with a sign-in, or in memory for the caller inside this process. */
interface Kept {
  readonly personId: Id;
  readonly until: Instant;
}

type Context = Pick<PortalOptions, 'store' | 'localCaller'>;

const ofLocalCallers = new WeakMap<object, Kept>();

/** Requests that are no GET and yet change nothing, and those that lead out of a view. */
const harmless: ReadonlySet<string> = new Set(
  [endpoints.preview, endpoints.parseSchedule, endpoints.whatIf, endpoints.endView, endpoints.logout].map(
    (endpoint) => `${endpoint.method} ${urlOf(endpoint)}`,
  ),
);

const onlyReads = ({ method }: FastifyRequest): boolean => method === 'GET' || method === 'HEAD';
const isHarmless = ({ method, routeOptions }: FastifyRequest): boolean => harmless.has(`${method} ${routeOptions.url}`);

/** @throws `forbidden` for whatever would change something with borrowed eyes, whoever else may do it */
export function refuseWhileViewing(request: FastifyRequest): void {
  const { caller } = request;
  if (caller?.viewer === undefined || onlyReads(request) || isHarmless(request)) return;
  throw new JobTriggerError(
    'forbidden',
    `You look at everything as ${caller.name} sees it, and change nothing meanwhile. End the view first. Nothing was changed.`,
  );
}

/** What an administrator still sees as somebody else; null once it is over. */
async function inForce(own: Caller, { personId, until }: Kept, { store }: Context): Promise<Person | null> {
  if (own.role !== 'admin' || until <= (await store.now())) return null;
  const person = await store.people.get(personId);
  return person !== null && person.active && person.role !== 'admin' ? person : null;
}

/** Whose eyes a caller looks with: as they are, or as the person of their view. */
export async function throughEyes(
  request: FastifyRequest,
  own: Caller,
  kept: Kept | null,
  context: Context,
): Promise<Caller> {
  if (kept === null) return own;
  const person = await inForce(own, kept, context);
  if (person === null) {
    await close(own, kept, { ...own, address: own.via === 'cli' ? null : request.ip, requestId: request.id }, context);
    if (onlyReads(request) || isHarmless(request)) return own;
    // Whoever clicks still sees the pages of somebody else.
    throw new JobTriggerError('forbidden', 'Your view as somebody else is over. Look again; nothing was changed.');
  }
  const { personId, name } = own;
  const viewer = { personId, name, until: kept.until };
  return { ...own, personId: person.id, name: person.name, role: person.role, approver: person.approver, viewer };
}

export const localView = ({ localCaller }: Context): Kept | null =>
  (localCaller === undefined ? undefined : ofLocalCallers.get(localCaller)) ?? null;

async function keep(tables: Tables, caller: Caller, kept: Kept | null, { localCaller }: Context): Promise<boolean> {
  if (caller.credential !== null) return tables.people.viewAs(caller.credential, kept);
  if (localCaller === undefined) return false;
  const had = ofLocalCallers.has(localCaller);
  if (kept === null) ofLocalCallers.delete(localCaller);
  else ofLocalCallers.set(localCaller, kept);
  return kept !== null || had;
}

/** @throws `not_found`, `forbidden` for an administrator, for somebody who is shut out, and without a sign-in */
export async function beginView(
  request: FastifyRequest,
  personId: Id,
  context: Context,
): Promise<{ readonly person: Person; readonly until: Instant }> {
  const { caller } = request;
  const person = await context.store.people.get(personId);
  if (person === null) throw new JobTriggerError('not_found', 'There is no such person.');
  if (person.role === 'admin')
    throw new JobTriggerError('forbidden', `${person.name} is an administrator and sees everything, as you do.`);
  if (!person.active) throw new JobTriggerError('forbidden', `${person.name} is shut out and sees nothing.`);
  const actor = actorOf(request);
  const until = await audited(context.store, async (tables) => {
    const end = (await tables.now()) + viewMs;
    const isKept = caller !== null && (await keep(tables, caller, { personId, until: end }, context));
    if (!isKept)
      throw new JobTriggerError('forbidden', 'This needs a sign-in of the portal: a view is kept with its session.');
    const after = { until: formatInstant(end) };
    await note(tables, actor, { action: 'view.started', subject: subjectOf('person', person), after });
    return end;
  });
  return { person, until };
}

/** The administrator looks with their own eyes again. Asking again changes nothing. */
export async function endView(request: FastifyRequest, context: Context): Promise<void> {
  const { caller } = request;
  if (caller?.viewer === undefined || caller.personId === null) return;
  const { personId, viewer } = caller;
  await close(caller, { personId, until: viewer.until }, ownActor(request), context);
}

/** Of two requests that see its end, one tells the audit. */
async function close(caller: Caller, { personId }: Kept, actor: Actor, context: Context): Promise<void> {
  await audited(context.store, async (tables) => {
    if (!(await keep(tables, caller, null, context))) return noteNothing(tables);
    const person = await tables.people.get(personId);
    const subject = person === null ? { kind: 'person' as const, id: null, name: null } : subjectOf('person', person);
    await note(tables, actor, { action: 'view.ended', subject });
  });
}

/** Who asks, whoever's eyes they look with. */
export function ownActor(request: FastifyRequest): Actor {
  const actor = actorOf(request);
  const viewer = request.caller?.viewer;
  return viewer === undefined ? actor : { ...actor, personId: viewer.personId, name: viewer.name };
}
