/** What people ask of queues, locks and limits: how full they are, and how much may live at once. */
import { invalidField } from '../errors.ts';
import type { Id, Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import { countsFor, lockSlots, type Limit, type LimitKind } from '../model/limit.ts';
import { takersOf } from '../policy/waiting.ts';
import type { Holding } from '../store/limit-table.ts';
import type { Tables } from '../store/store.ts';
import type { Actor, OperationContext } from './context.ts';
import { audited, namedSubject, note, type Act } from './audited.ts';
import { notFound } from './jobs.ts';

/** A named line of runs. */
export interface QueueView {
  readonly name: string;
  readonly slots: number | null;
  readonly pausedAt: Instant | null;
  /** Of one that is paused. */
  readonly pausedBy: string | null;
  readonly note: string | null;
  readonly waiting: number;
  readonly running: number;
  readonly oldestAt: Instant | null;
  /** Workers that serve it and take runs. */
  readonly workers: number;
}

export interface LockView {
  readonly name: string;
  readonly slots: number;
  /** Whether somebody gave it a count. */
  readonly isSet: boolean;
  readonly waiting: number;
  readonly holders: readonly { readonly run: Reference; readonly jobId: Id; readonly jobName: string }[];
}

export interface PersonLimit {
  readonly email: string;
  readonly name: string;
  /** Null: the common limit does not hold for them. */
  readonly slots: number | null;
  readonly running: number;
}

export interface LimitsView {
  readonly system: number | null;
  readonly running: number;
  /** Of everybody without a limit of their own. */
  readonly person: number | null;
  readonly people: readonly PersonLimit[];
}

export interface QueueChange {
  readonly slots?: number | null | undefined;
  readonly paused?: boolean | undefined;
  /** Why it is paused. */
  readonly note?: string | null | undefined;
}

export interface LimitOperations {
  /** Those in which something waits, lives, is limited, or that a worker serves; by name. */
  queues(): Promise<readonly QueueView[]>;
  /** @throws `invalid` */
  changeQueue(name: string, change: QueueChange, actor: Actor): Promise<QueueView>;
  /** Those that were given a count or that a run has needed; by name. */
  locks(): Promise<readonly LockView[]>;
  /** @throws `invalid` */
  setLock(name: string, slots: number, actor: Actor): Promise<LockView>;
  /** It takes one run again. @throws `not_found` when it has no count */
  resetLock(name: string, actor: Actor): Promise<void>;
  limits(): Promise<LimitsView>;
  /** Absent fields stay, null clears. @throws `invalid` */
  changeLimits(
    change: { readonly system?: number | null | undefined; readonly person?: number | null | undefined },
    actor: Actor,
  ): Promise<LimitsView>;
  /** @param slots null spares the person the common limit @throws `not_found`, `invalid` */
  setPerson(email: string, slots: number | null, actor: Actor): Promise<LimitsView>;
  /** The common limit holds for them again. @throws `not_found` */
  resetPerson(email: string, actor: Actor): Promise<LimitsView>;
}

const mostSlots = 100_000;
const longestName = 100;
/** Live runs that are told. */
const mostLiving = 2000;

function checkSlots(path: string, slots: number | null): void {
  if (slots !== null && (!Number.isInteger(slots) || slots < 1 || slots > mostSlots))
    throw invalidField(path, `must be a whole number from 1 to ${mostSlots}, or null for no limit`);
}

function checkName(name: string): void {
  if (name.trim() === '' || name.length > longestName || name.includes('\0'))
    throw invalidField('name', `must be a text of 1 to ${longestName} characters`);
}

/** What a limit is from now on, null when it says nothing any more, and what is told of it. */
interface Changed {
  readonly limit: Pick<Limit, 'slots' | 'pausedAt' | 'note'> | null;
  readonly events: readonly string[];
}

const unlimited: Changed['limit'] & object = { slots: null, pausedAt: null, note: null };

/** Absent fields stay as they were; the note of a queue that is not paused goes. */
function changedQueue(before: Limit | null, { slots, paused, note }: QueueChange, now: Instant): Changed {
  const was = before ?? unlimited;
  const isPaused = paused ?? was.pausedAt !== null;
  const limit = {
    slots: slots === undefined ? was.slots : slots,
    pausedAt: isPaused ? (was.pausedAt ?? now) : null,
    note: isPaused ? (note === undefined ? was.note : note) : null,
  };
  return { limit: limit.slots === null && !isPaused ? null : limit, events: turnsOf(was, limit) };
}

function turnsOf(was: typeof unlimited, is: typeof unlimited): readonly string[] {
  const isPaused = is.pausedAt !== null;
  return [
    ...((was.pausedAt !== null) === isPaused ? [] : [isPaused ? 'queue.paused' : 'queue.resumed']),
    ...(is.slots === was.slots ? [] : ['queue.limited']),
  ];
}

const emptyCount = { waiting: 0, running: 0, oldestAt: null } as const;

function limitOf(limit: Limit | undefined): Pick<QueueView, 'slots' | 'pausedAt' | 'pausedBy' | 'note'> {
  if (limit === undefined) return { slots: null, pausedAt: null, pausedBy: null, note: null };
  const { slots, pausedAt, note, changedBy } = limit;
  return { slots, pausedAt, pausedBy: pausedAt === null ? null : changedBy, note };
}

function limitFacts(limit: Pick<Limit, 'slots' | 'pausedAt' | 'note'> | null) {
  return limit === null ? null : { slots: limit.slots, paused: limit.pausedAt !== null, note: limit.note };
}

/** Queues and locks by name; of the others whom they hold for. */
async function actOn(tables: Tables, kind: LimitKind, name: string): Promise<Pick<Act, 'action' | 'subject'>> {
  if (kind === 'queue' || kind === 'lock') return { action: `${kind}.changed`, subject: namedSubject(kind, name) };
  if (kind === 'system') return { action: 'limit.changed', subject: namedSubject('limit', 'all runs') };
  const person = name === '' ? null : await tables.people.get(Number(name));
  return { action: 'limit.changed', subject: namedSubject('limit', person?.name ?? 'each person') };
}

export function limitOperations({ store, lostAfterMs = 60_000 }: OperationContext): LimitOperations {
  /** Changes one limit; a row that says nothing any more goes. */
  async function change(
    { kind, name }: Pick<Limit, 'kind' | 'name'>,
    actor: Actor,
    next: (before: Limit | null, tables: Tables) => Promise<Changed>,
  ): Promise<void> {
    await audited(store, async (tables) => {
      const before = (await tables.limits.list()).find((each) => each.kind === kind && each.name === name) ?? null;
      const { limit, events } = await next(before, tables);
      if (limit === null) await tables.limits.remove(kind, name);
      else await tables.limits.set({ kind, name, ...limit, changedBy: actor.name });
      const data = {
        subject: kind,
        ...(kind === 'queue' || kind === 'lock' ? { name } : {}),
        slots: limit?.slots ?? null,
        note: limit?.note ?? null,
        via: actor.via,
      };
      await tables.events.append(events.map((event) => ({ kind: event, actor: actor.name, data })));
      const act = { ...(await actOn(tables, kind, name)), before: limitFacts(before), after: limitFacts(limit) };
      await note(tables, actor, act);
    });
    store.bell.ring('queue');
    store.bell.ring('change');
  }

  const setSlots = (kind: LimitKind, name: string, slots: number | null, actor: Actor, keep = false): Promise<void> =>
    change({ kind, name }, actor, (before) =>
      Promise.resolve({
        limit: slots === null && !keep ? null : { slots, pausedAt: before?.pausedAt ?? null, note: null },
        events: [`${kind}.limited`],
      }),
    );

  async function queues(): Promise<readonly QueueView[]> {
    const now = await store.now();
    const counts = await store.limits.queues();
    const limits = (await store.limits.list()).filter(({ kind }) => kind === 'queue');
    const { takers } = takersOf(await store.workers.list(), { now, lostAfterMs });
    const names = [
      'default',
      ...counts.map(({ queue }) => queue),
      ...limits.map(({ name }) => name),
      ...takers.flatMap((worker) => worker.queues),
    ];
    return [...new Set(names)].sort().map((name): QueueView => {
      const { waiting, running, oldestAt } = counts.find(({ queue }) => queue === name) ?? emptyCount;
      const workers = takers.filter((worker) => worker.queues.includes(name)).length;
      return { name, ...limitOf(limits.find((each) => each.name === name)), waiting, running, oldestAt, workers };
    });
  }

  async function locks(): Promise<readonly LockView[]> {
    const limits = (await store.limits.list()).filter(({ kind }) => kind === 'lock');
    const known = await store.limits.locks();
    const living = await store.limits.holdings(mostLiving);
    const holding = living.filter((held) => held.locks.length > 0);
    const jobs = await store.jobs.byIds([...new Set(holding.map(({ jobId }) => jobId))]);
    const names = [...known.map(({ name }) => name), ...limits.map(({ name }) => name)];
    const told = ({ run, jobId }: Holding) => ({ run, jobId, jobName: jobs.get(jobId)?.definition.name ?? '' });
    return [...new Set(names)].sort().map((name) => ({
      name,
      slots: limits.find((each) => each.name === name)?.slots ?? lockSlots,
      isSet: limits.some((each) => each.name === name),
      waiting: known.find((each) => each.name === name)?.waiting ?? 0,
      holders: holding.filter((held) => held.locks.includes(name)).map(told),
    }));
  }

  async function limitsView(): Promise<LimitsView> {
    const limits = await store.limits.list();
    const living = await store.limits.holdings(mostLiving);
    const slotsOf = (kind: LimitKind) => limits.find((each) => each.kind === kind && each.name === '')?.slots ?? null;
    const people: PersonLimit[] = [];
    for (const { kind, name, slots } of limits) {
      const person = kind === 'person' && name !== '' ? await store.people.get(Number(name)) : null;
      const running = living.filter((held) => countsFor({ kind, name }, held)).length;
      if (person !== null) people.push({ email: person.email, name: person.name, slots, running });
    }
    return {
      system: slotsOf('system'),
      running: (await store.runs.countLive()).leased,
      person: slotsOf('person'),
      people,
    };
  }

  async function personNamed(email: string): Promise<string> {
    const person = await store.people.byEmail(email.trim().toLowerCase());
    if (person === null) throw notFound('person');
    return String(person.id);
  }

  async function one<View extends { readonly name: string }>(
    views: Promise<readonly View[]>,
    name: string,
  ): Promise<View> {
    const found = (await views).find((view) => view.name === name);
    if (found === undefined) throw notFound('limit');
    return found;
  }

  return {
    queues,
    async changeQueue(name, { slots, paused, note }, actor) {
      checkName(name);
      if (slots !== undefined) checkSlots('limit', slots);
      await change({ kind: 'queue', name }, actor, async (before, tables) =>
        changedQueue(before, { slots, paused, note }, await tables.now()),
      );
      return (await queues()).find((view) => view.name === name) ?? emptyQueue(name);
    },
    locks,
    async setLock(name, slots, actor) {
      checkName(name);
      checkSlots('count', slots);
      await setSlots('lock', name, slots, actor);
      return one(locks(), name);
    },
    async resetLock(name, actor) {
      await change({ kind: 'lock', name }, actor, (before) => {
        if (before === null) throw notFound('lock');
        return Promise.resolve({ limit: null, events: ['lock.limited'] });
      });
    },
    limits: limitsView,
    async changeLimits({ system, person }, actor) {
      if (system !== undefined) checkSlots('system', system);
      if (person !== undefined) checkSlots('person', person);
      if (system !== undefined) await setSlots('system', '', system, actor);
      if (person !== undefined) await setSlots('person', '', person, actor);
      return limitsView();
    },
    async setPerson(email, slots, actor) {
      checkSlots('limit', slots);
      await setSlots('person', await personNamed(email), slots, actor, true);
      return limitsView();
    },
    async resetPerson(email, actor) {
      const name = await personNamed(email);
      await change({ kind: 'person', name }, actor, (before) => {
        if (before === null) throw notFound('limit');
        return Promise.resolve({ limit: null, events: ['person.limited'] });
      });
      return limitsView();
    },
  };
}

function emptyQueue(name: string): QueueView {
  return { name, ...limitOf(undefined), ...emptyCount, workers: 0 };
}
