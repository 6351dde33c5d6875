/** Monitors of jobs that run elsewhere, and the pings that those send. */
import { invalidField, JobTriggerError } from '../errors.ts';
import { hashOfToken } from '../model/token-hash.ts';
import type { Id } from '../model/id.ts';
import { monitorPlace } from '../model/sealed-place.ts';
import type { Millis } from '../model/instant.ts';
import type { Expectation, Monitor, Ping, PingKind } from '../model/monitor.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { monitorEvents } from '../policy/monitor-event.ts';
import { afterPing, expectedAfter, paused, resumed } from '../policy/monitor.ts';
import { checkSchedule, refuseNeverDue } from '../schedule/validate.ts';
import type { Tables } from '../store/store.ts';
import type { Actor, OperationContext } from './context.ts';
import { withStart } from './job-input.ts';
import { boxOf } from './installation-box.ts';
import { audited, note, noteNothing, subjectOf } from './audited.ts';
import { notFound } from './jobs.ts';

export interface MonitorInput {
  readonly name: string;
  /** One of the two is needed: the instants of a schedule, or a time between two pings. */
  readonly spec?: ScheduleSpec | null;
  readonly periodMs?: Millis | null;
  /** Default 5 minutes. */
  readonly graceMs?: Millis;
}

export interface GivenPing {
  readonly kind: PingKind;
  readonly exitCode: number | null;
  /** Null for none; the first 10 kB are kept. */
  readonly output: string | null;
  readonly address: string | null;
  readonly userAgent: string | null;
}

export interface MonitorOperations {
  list(): Promise<readonly Monitor[]>;
  /** @throws `not_found` */
  get(id: Id): Promise<{ readonly monitor: Monitor; readonly pings: readonly Ping[] }>;
  /** What pings are sent under, in the clear. @throws `secret_unreadable` */
  tokenOf(monitor: Monitor): string;
  /** @throws `invalid`, `schedule_invalid` and its kin, `name_taken`, `conflict` */
  create(input: MonitorInput, actor: Actor): Promise<Monitor>;
  /** Absent fields stay. @throws as {@link create} */
  change(id: Id, input: Partial<MonitorInput>, actor: Actor): Promise<Monitor>;
  remove(id: Id, actor: Actor): Promise<void>;
  /** Draws a new token; the one before is none from now on. */
  renew(id: Id, actor: Actor): Promise<Monitor>;
  pause(id: Id, actor: Actor): Promise<Monitor>;
  resume(id: Id, actor: Actor): Promise<Monitor>;
  /** Takes a ping. @returns false for a token that is none */
  ping(token: string, ping: GivenPing): Promise<boolean>;
}

const mostMonitors = 1000;
const shownPings = 20;
const keptOutput = 10_000;
const defaultGraceMs: Millis = 300_000;
const leastMs: Millis = 10_000;
const mostMs: Millis = 366 * 86_400_000;

function checkLength(path: string, ms: Millis): void {
  if (!Number.isFinite(ms) || ms < leastMs || ms > mostMs)
    throw invalidField(path, `needs ${leastMs / 1000} to ${mostMs / 1000} seconds`);
}

/** @throws for both, neither, and a rule that cannot be watched */
function expectationOf({ spec, periodMs }: Pick<MonitorInput, 'spec' | 'periodMs'>, now: number): Expectation {
  if (typeof periodMs === 'number') {
    if (spec !== null && spec !== undefined) throw invalidField('period_seconds', 'cannot stand beside a schedule');
    checkLength('period_seconds', periodMs);
    return { spec: null, periodMs };
  }
  if (spec === null || spec === undefined) throw invalidField('schedule', 'is needed, or period_seconds');
  if ((spec.calendars ?? []).length > 0)
    throw invalidField('schedule.calendars', 'cannot be attached to a monitor; name holidays or blackouts in it');
  const whole = withStart(spec, now);
  checkSchedule(whole);
  refuseNeverDue(whole, now);
  return { spec: whole, periodMs: null };
}

function checkedName(name: string): string {
  if (name.trim() === '' || name.length > 100) throw invalidField('name', 'needs 1 to 100 characters');
  return name.trim();
}

/** By a new rule nothing is late yet. */
function withExpectation(before: Monitor, expects: Expectation, now: number): Monitor {
  if (before.state !== 'up' && before.state !== 'late') return { ...before, expects };
  const expectedAt = expectedAfter(expects, now);
  return { ...before, expects, state: 'up', expectedAt, checkAt: expectedAt };
}

function withChange(before: Monitor, { name, spec, periodMs, graceMs }: Partial<MonitorInput>, now: number): Monitor {
  if (graceMs !== undefined) checkLength('grace_seconds', graceMs);
  const named: Monitor = {
    ...before,
    name: name === undefined ? before.name : checkedName(name),
    graceMs: graceMs ?? before.graceMs,
  };
  if (spec === undefined && periodMs === undefined) return named;
  return withExpectation(named, expectationOf({ spec: spec ?? null, periodMs: periodMs ?? null }, now), now);
}

/** What a person decides of it, and its token, of which only a change is told. */
function monitorFacts({ name, expects, graceMs, state, token }: Monitor) {
  return { name, expects, graceMs, paused: state === 'paused', token };
}

export function monitorOperations(context: OperationContext): MonitorOperations {
  const { store, system } = context;
  const box = boxOf(context);

  async function existing(tables: Pick<Tables, 'monitors'>, id: Id, lock = false): Promise<Monitor> {
    const monitor = await tables.monitors.get(id, { lock });
    if (monitor === null) throw notFound('monitor');
    return monitor;
  }

  function drawToken(id: Id): Pick<Monitor, 'hash' | 'token'> {
    const token = Buffer.from(system.random.bytes(18)).toString('base64url');
    return { hash: hashOfToken(token), token: box.seal(token, monitorPlace(id)) };
  }

  async function changed(
    id: Id,
    actor: Actor,
    verb: 'changed' | 'renewed' | 'paused' | 'resumed',
    make: (before: Monitor, now: number) => Monitor,
  ): Promise<Monitor> {
    const after = await audited(store, async (tables) => {
      const before = await existing(tables, id, true);
      const now = await tables.now();
      const made = { ...make(before, now), updatedAt: now };
      await tables.monitors.update(made);
      const data = { name: made.name, via: actor.via };
      await tables.events.append([{ kind: `monitor.${verb}`, actor: actor.name, data }]);
      const facts = { before: monitorFacts(before), after: monitorFacts(made) };
      await note(tables, actor, { action: `monitor.${verb}`, subject: subjectOf('monitor', made), ...facts });
      return made;
    });
    store.bell.ring('change');
    return after;
  }

  return {
    list: () => store.monitors.list(),
    async get(id) {
      return { monitor: await existing(store, id), pings: await store.monitors.pings(id, shownPings) };
    },
    tokenOf: ({ id, token }) => box.open(token, monitorPlace(id)),

    async create(input, actor) {
      const name = checkedName(input.name);
      const graceMs = input.graceMs ?? defaultGraceMs;
      checkLength('grace_seconds', graceMs);
      const [id = 0] = await store.ids(1);
      const drawn = drawToken(id);
      const monitor = await audited(store, async (tables) => {
        if ((await tables.monitors.count()) >= mostMonitors)
          throw new JobTriggerError('conflict', `There are ${mostMonitors} monitors already.`);
        const now = await tables.now();
        const made: Monitor = {
          id,
          createdAt: now,
          updatedAt: now,
          name,
          ...drawn,
          expects: expectationOf(input, now),
          graceMs,
          state: 'new',
          stateSince: now,
          expectedAt: null,
          checkAt: null,
          lastPingAt: null,
          startedAt: null,
          lastOutput: null,
          ownerId: actor.personId,
        };
        await tables.monitors.insert(made);
        const data = { name, via: actor.via };
        await tables.events.append([{ kind: 'monitor.created', actor: actor.name, data }]);
        const after = monitorFacts(made);
        await note(tables, actor, { action: 'monitor.created', subject: subjectOf('monitor', made), after });
        return made;
      });
      store.bell.ring('change');
      return monitor;
    },

    change: (id, input, actor) => changed(id, actor, 'changed', (before, now) => withChange(before, input, now)),

    async remove(id, actor) {
      await audited(store, async (tables) => {
        const monitor = await existing(tables, id, true);
        const { name } = monitor;
        await tables.monitors.remove(id);
        await tables.events.append([{ kind: 'monitor.deleted', actor: actor.name, data: { name, via: actor.via } }]);
        const before = monitorFacts(monitor);
        await note(tables, actor, { action: 'monitor.deleted', subject: subjectOf('monitor', monitor), before });
      });
      store.bell.ring('change');
    },

    renew(id, actor) {
      const drawn = drawToken(id);
      return changed(id, actor, 'renewed', (before) => ({ ...before, ...drawn }));
    },

    pause: (id, actor) => changed(id, actor, 'paused', paused),
    resume: (id, actor) =>
      changed(id, actor, 'resumed', (before, now) => (before.state === 'paused' ? resumed(before, now) : before)),

    async ping(token, { kind, exitCode, output, address, userAgent }) {
      const found = await store.monitors.byHash(hashOfToken(token));
      if (found === null) return false;
      const [id = 0] = await store.ids(1);
      const isTold = await audited(store, async (tables) => {
        noteNothing(tables);
        const before = await tables.monitors.get(found.id, { lock: true });
        if (before === null) return false;
        const now = await tables.now();
        const kept = output === null ? null : output.replaceAll('\0', '').slice(0, keptOutput);
        const step = afterPing(before, { kind, exitCode, now, output: kept === '' ? null : kept });
        await tables.monitors.update(step.monitor);
        const ping: Ping = { id, createdAt: now, monitorId: before.id, kind, exitCode, address, userAgent };
        await tables.monitors.addPing(ping);
        await tables.events.append(monitorEvents(step));
        return step.told !== null || before.state !== step.monitor.state;
      });
      if (isTold) store.bell.ring('change');
      return true;
    },
  };
}
