/** Incoming hooks: made and changed by people, used by programs to start runs of a job. */
import { createHash } from 'node:crypto';
import { isSigned, newHookKey, showsKey, type IncomingMessage } from '../channels/incoming.ts';
import { newSecret } from '../channels/signature.ts';
import { invalidField, JobTriggerError } from '../errors.ts';
import { hashOfToken } from '../model/token-hash.ts';
import type { Id, Reference } from '../model/id.ts';
import type { HookKind, HookMapping, IncomingHook } from '../model/incoming-hook.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import { hookPlace } from '../model/sealed-place.ts';
import { valuesFromBody } from '../policy/hook-fields.ts';
import type { Tables } from '../store/store.ts';
import type { Actor, OperationContext } from './context.ts';
import { audited, note, subjectOf } from './audited.ts';
import { jobEvent } from './job-event.ts';
import { boxOf } from './installation-box.ts';
import { livingJob, notFound } from './jobs.ts';
import type { RunOperations } from './runs.ts';

export interface HookInput {
  readonly name: string;
  readonly kind: HookKind;
  /** Default null. */
  readonly mapping?: HookMapping | null | undefined;
}

/** Absent fields stay. */
export interface HookChange {
  readonly name?: string | undefined;
  readonly mapping?: HookMapping | null | undefined;
  readonly active?: boolean | undefined;
}

/** With what its sender needs, told here and never again. */
export interface HookMade {
  readonly hook: IncomingHook;
  readonly secret: string;
}

export interface HookOperations {
  /** @throws `not_found` for the job */
  list(jobId: Id): Promise<readonly IncomingHook[]>;
  /** @throws `not_found`, `invalid`, `name_taken`, `conflict` */
  create(jobId: Id, input: HookInput, actor: Actor): Promise<HookMade>;
  /** @throws as {@link create} */
  change(jobId: Id, id: Id, change: HookChange, actor: Actor): Promise<IncomingHook>;
  remove(jobId: Id, id: Id, actor: Actor): Promise<void>;
  /** A new secret or key; the one before is taken besides it for 24 hours. */
  rotate(jobId: Id, id: Id, actor: Actor): Promise<HookMade>;
  /**
   * The hook that a message is for, when its sender proved itself.
   * @param id null for an address that can be none
   * @throws `unauthenticated`, alike for whatever is wrong
   */
  authenticate(id: Id | null, message: IncomingMessage): Promise<IncomingHook>;
  /**
   * Starts a run with what the body says; the same message again is answered with the same run.
   * @param onReplay called when it is that
   * @throws `conflict` when it is switched off, and as a run of a program is refused
   */
  receive(
    hook: IncomingHook,
    message: { readonly id: string | null; readonly raw: Uint8Array; readonly fields: unknown },
    onReplay: () => void,
  ): Promise<Reference>;
}

const mostHooks = 20;
const mostMapped = 100;
const formerValidMs: Millis = 24 * 3_600_000;
const pathPattern = /^[^.\s]{1,100}(\.[^.\s]{1,100}){0,15}$/;

function checkedName(name: string): string {
  if (name.trim() === '' || name.length > 100) throw invalidField('name', 'needs 1 to 100 characters');
  return name.trim();
}

/** @throws naming the parameter that the job lacks, or the path that is none */
function checkMapping(mapping: HookMapping | null, { definition }: Job): void {
  const entries = Object.entries(mapping ?? {});
  if (entries.length > mostMapped) throw invalidField('mapping', `has at most ${mostMapped} entries`);
  for (const [name, path] of entries) {
    if (!definition.parameters.some((parameter) => parameter.name === name))
      throw invalidField(`mapping.${name}`, 'is not declared by this job');
    if (!pathPattern.test(path)) throw invalidField(`mapping.${name}`, 'needs a path such as commit.author.name');
  }
}

/** What a person decides of it, and its secret, of which only a change is told. */
function hookFacts({ name, kind, active, mapping, secret, formerUntil }: IncomingHook, { definition }: Job) {
  return { job: definition.name, name, kind, active, mapping, secret, formerUntil };
}

const refused = (): JobTriggerError =>
  new JobTriggerError('unauthenticated', 'There is no such hook, or the message is not signed for it as it should be.');

export function hookOperations(context: OperationContext, runs: Pick<RunOperations, 'start'>): HookOperations {
  const { store, system } = context;
  const box = boxOf(context);

  /** What is told, and what is kept of it. */
  function draw(id: Id, kind: HookKind): { readonly secret: string; readonly kept: string } {
    if (kind === 'keyed') {
      const secret = newHookKey(system.random);
      return { secret, kept: hashOfToken(secret) };
    }
    const secret = newSecret(system.random);
    return { secret, kept: box.seal(secret, hookPlace(id)) };
  }

  function isOfSender(message: IncomingMessage, hook: IncomingHook, now: Instant): boolean {
    const { id, kind, secret, formerSecret, formerUntil } = hook;
    const kept = formerSecret !== null && (formerUntil ?? 0) > now ? [secret, formerSecret] : [secret];
    if (kind === 'keyed') return showsKey(message, kept);
    const secrets = kept.map((sealed) => box.open(sealed, hookPlace(id)));
    return isSigned(message, secrets, now);
  }

  async function changed(
    {
      jobId,
      id,
      actor,
      verb,
    }: { readonly jobId: Id; readonly id: Id; readonly actor: Actor; readonly verb: 'changed' | 'deleted' | 'rotated' },
    make: (before: IncomingHook, job: Job, now: Instant) => IncomingHook,
    write: (tables: Tables, after: IncomingHook) => Promise<unknown> = (tables, after) => tables.hooks.update(after),
  ): Promise<IncomingHook> {
    const after = await audited(store, async (tables) => {
      const job = await livingJob(tables, jobId);
      const before = await tables.hooks.get(id, { lock: true });
      if (before?.jobId !== jobId) throw notFound('hook');
      const now = await tables.now();
      const made = { ...make(before, job, now), updatedAt: now };
      await write(tables, made);
      await tables.events.append([jobEvent(`job.hook_${verb}`, job, actor, { hook: made.name })]);
      await note(tables, actor, {
        action: `job.hook_${verb}`,
        subject: subjectOf('hook', made),
        before: hookFacts(before, job),
        after: verb === 'deleted' ? null : hookFacts(made, job),
      });
      return made;
    });
    store.bell.ring('change');
    return after;
  }

  return {
    async list(jobId) {
      await livingJob(store, jobId);
      return store.hooks.ofJob(jobId);
    },

    async create(jobId, { kind, mapping = null, ...input }, actor) {
      const name = checkedName(input.name);
      const [id = 0] = await store.ids(1);
      const { secret, kept } = draw(id, kind);
      const hook = await audited(store, async (tables) => {
        await tables.jobs.lock([jobId]);
        const job = await livingJob(tables, jobId);
        checkMapping(mapping, job);
        if ((await tables.hooks.ofJob(jobId)).length >= mostHooks)
          throw new JobTriggerError('conflict', `The job has ${mostHooks} incoming hooks already.`);
        const now = await tables.now();
        const made: IncomingHook = {
          id,
          createdAt: now,
          updatedAt: now,
          jobId,
          name,
          kind,
          active: true,
          mapping,
          secret: kept,
          formerSecret: null,
          formerUntil: null,
          usedAt: null,
        };
        await tables.hooks.insert(made);
        await tables.events.append([jobEvent('job.hook_added', job, actor, { hook: name })]);
        const [subject, facts] = [subjectOf('hook', made), hookFacts(made, job)];
        await note(tables, actor, { action: 'job.hook_added', subject, after: facts });
        return made;
      });
      store.bell.ring('change');
      return { hook, secret };
    },

    change: (jobId, id, { name, mapping, active }, actor) =>
      changed({ jobId, id, actor, verb: 'changed' }, (before, job) => {
        if (mapping !== undefined) checkMapping(mapping, job);
        return {
          ...before,
          name: name === undefined ? before.name : checkedName(name),
          mapping: mapping === undefined ? before.mapping : mapping,
          active: active ?? before.active,
        };
      }),

    async remove(jobId, id, actor) {
      await changed(
        { jobId, id, actor, verb: 'deleted' },
        (before) => before,
        (tables) => tables.hooks.remove(id),
      );
    },

    async rotate(jobId, id, actor) {
      const kind = (await store.hooks.get(id))?.kind ?? 'signed';
      const { secret, kept } = draw(id, kind);
      const hook = await changed({ jobId, id, actor, verb: 'rotated' }, (before, _job, now) => ({
        ...before,
        secret: kept,
        formerSecret: before.secret,
        formerUntil: now + formerValidMs,
      }));
      return { hook, secret };
    },

    async authenticate(id, message) {
      const now = await store.now();
      const hook = id === null ? null : await store.hooks.get(id);
      // Where there is no hook a message is weighed against a secret that nobody has: the answer takes as long.
      const isRight =
        hook === null ? isSigned(message, [newSecret(system.random)], now) : isOfSender(message, hook, now);
      if (hook === null || !isRight) throw refused();
      return hook;
    },

    async receive(hook, { id, raw, fields }, onReplay) {
      await store.hooks.touch(hook.id, await store.now());
      if (!hook.active) throw new JobTriggerError('conflict', 'The hook is switched off. No run was made.');
      const { definition } = await livingJob(store, hook.jobId);
      const parameters = valuesFromBody(fields, hook.mapping, definition.parameters);
      const actor: Actor = { personId: null, name: `Hook ${hook.name}`, via: 'hook' };
      const requestHash = createHash('sha256').update(raw).digest('hex');
      const once =
        id === null ? undefined : { key: id, scope: `hook ${hook.id}`, header: 'webhook-id', requestHash, onReplay };
      return runs.start(hook.jobId, { parameters }, actor, once);
    },
  };
}
