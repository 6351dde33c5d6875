/** What people do with what needs them: read it, take it, put it off, run again what failed, and say what helped. */
import { invalidField, JobTriggerError } from '../errors.ts';
import {
  attentionEvent,
  type AttentionItem,
  type AttentionJob,
  type AttentionRun,
  type AttentionSummary,
} from '../model/attention.ts';
import type { Id, Reference } from '../model/id.ts';
import { formatInstant, type Instant, type Millis } from '../model/instant.ts';
import type { Run } from '../model/run.ts';
import { changesBetween, type RunChanges } from '../policy/run-changes.ts';
import type { AttentionChange, AttentionFilter } from '../store/attention-table.ts';
import type { Page, PageRequest } from '../store/job-tables.ts';
import type { Tables } from '../store/store.ts';
import { acknowledgeAlert } from './alerts.ts';
import type { Actor, OperationContext } from './context.ts';
import { audited, note, noteNothing, subjectOf } from './audited.ts';
import { notFound } from './jobs.ts';
import type { Once } from './once.ts';
import { runOperations } from './runs.ts';
import { treeProofs } from './tree-proofs.ts';

export interface AttentionDetail {
  readonly item: AttentionItem;
  /** The most touched, at most 50. */
  readonly jobs: readonly (AttentionJob & { readonly name: string })[];
  /** The newest, at most 50. */
  readonly runs: readonly AttentionRun[];
  /** Of the newest run's job: its last success, and what is not as it was then. Null without a run. */
  readonly since: { readonly success: Run | null; readonly changes: RunChanges } | null;
}

export interface AttentionRetry {
  /** Every run of the item, or the newest of each job. Default `newest`. */
  readonly which?: 'all' | 'newest' | undefined;
  /** Not before; at once when absent. */
  readonly at?: Instant | undefined;
  /** The failures of the jobs count from now on, and their breakers are closed. */
  readonly resetFailureCount?: boolean | undefined;
}

/** What became of one run. */
export interface RetriedRun {
  /** Null where the item has no run, and its job was started. */
  readonly run: AttentionRun | null;
  readonly jobId: Id;
  readonly retry: Reference | null;
  /** It had been run again before. */
  readonly before: boolean;
  readonly refused: { readonly code: string; readonly message: string } | null;
}

export interface AttentionOperations {
  /** Newest first. */
  list(filter: AttentionFilter, page: PageRequest): Promise<Page<AttentionItem>>;
  summary(): Promise<AttentionSummary>;
  /** @throws `not_found` */
  get(id: Id): Promise<AttentionDetail>;
  /** Somebody has seen it. It stays until it is over; an alert of what has happened and is over ends with it. */
  acknowledge(id: Id, actor: Actor): Promise<AttentionItem>;
  /** Gives it to a person, or to nobody. @throws `invalid` for a person who is not there */
  assign(id: Id, ownerId: Id | null, actor: Actor): Promise<AttentionItem>;
  /** Null clears it. @throws `invalid` beyond 2000 characters */
  note(id: Id, note: string | null, actor: Actor): Promise<AttentionItem>;
  /** Puts it off; null brings it back. @throws `invalid` for an instant that has passed, or beyond a year */
  snooze(id: Id, until: Instant | null, actor: Actor): Promise<AttentionItem>;
  /** Ends it. It opens again when the same happens once more. @param how what helped, for the next time */
  resolve(id: Id, how: string | null, actor: Actor): Promise<AttentionItem>;
  /** Undoes {@link resolve}. */
  reopen(id: Id, actor: Actor): Promise<AttentionItem>;
  /**
   * Runs again what failed, each run at most once, at most 200 in one call. An item without runs starts its job.
   * @throws `not_found`, `invalid` when there is nothing to run
   */
  retry(id: Id, request: AttentionRetry, actor: Actor): Promise<readonly RetriedRun[]>;
}

type AttentionAct = 'attention.changed' | 'attention.resolved' | 'attention.reopened' | 'attention.retried';

const shown = 50;
const mostAtOnce = 200;
const longestNote = 2000;
const longestSnoozeMs: Millis = 366 * 86_400_000;

function checkText(path: string, text: string | null): void {
  if (text !== null && text.length > longestNote) throw invalidField(path, `has at most ${longestNote} characters`);
}

export function attentionOperations(context: OperationContext): AttentionOperations {
  const { store } = context;
  const runs = runOperations(context);

  async function existing(tables: Pick<Tables, 'attention'>, id: Id): Promise<AttentionItem> {
    const item = await tables.attention.get(id);
    if (item === null || item.spell === 0) throw notFound('item');
    return item;
  }

  /** Carries a change out and tells it. @param change answers false when it changed nothing */
  async function changed(
    id: Id,
    actor: Actor,
    sentence: string,
    change: (tables: Tables, item: AttentionItem) => Promise<boolean>,
    kind: AttentionAct = 'attention.changed',
  ): Promise<AttentionItem> {
    const after = await audited(store, async (tables) => {
      const before = await existing(tables, id);
      const isChanged = await change(tables, before);
      const item = await existing(tables, id);
      if (isChanged) {
        await tables.events.append([{ ...attentionEvent(kind, item, { sentence }), actor: actor.name }]);
        const { createdAt, title: name } = item;
        const subject = subjectOf('attention', { id, createdAt, name });
        await note(tables, actor, { action: kind, subject, after: { what: sentence } });
      } else noteNothing(tables);
      return item;
    });
    store.bell.ring('change');
    return after;
  }

  const set = (id: Id, actor: Actor, sentence: string, fields: AttentionChange): Promise<AttentionItem> =>
    changed(id, actor, sentence, (tables) => tables.attention.change(id, fields));

  async function alertOf(tables: Tables, { alertId }: AttentionItem) {
    return alertId === null ? null : tables.alerts.get(alertId);
  }

  async function sinceSuccess({ run }: AttentionItem): Promise<AttentionDetail['since']> {
    const failed = run === null ? null : await store.runs.get(run);
    if (failed === null) return null;
    const filter = { jobId: failed.jobId, states: ['succeeded' as const], to: failed.createdAt };
    const success = (await store.runs.list(filter, { limit: 1 })).items[0] ?? null;
    const before = success === null ? null : { ...success, scriptHash: await scriptHashOf(success) };
    return { success, changes: changesBetween(before, { ...failed, scriptHash: await scriptHashOf(failed) }) };
  }

  /** Of the script as the last attempt found it. */
  async function scriptHashOf(run: Run): Promise<string | null> {
    const trees = [...(await treeProofs(store, await store.runs.attempts(run)))];
    const [, last] = trees.toSorted(([a], [b]) => b - a)[0] ?? [];
    return last?.scriptHash ?? null;
  }

  async function retryOne(
    item: AttentionItem,
    run: AttentionRun,
    { at, resetFailureCount }: AttentionRetry,
    actor: Actor,
  ): Promise<RetriedRun> {
    if (run.retry !== null) return { run, jobId: run.jobId, retry: run.retry, before: true, refused: null };
    let before = false;
    const once: Once = {
      key: `${item.id} ${run.id}`,
      scope: 'attention retry',
      requestHash: '',
      onReplay: () => {
        before = true;
      },
    };
    try {
      const note = `Retried from attention: ${item.title}`.slice(0, 200);
      const retry = await runs.retry(run, { note, at, resetFailureCount }, actor, once);
      await store.attention.noteRetry(run.id, retry);
      return { run, jobId: run.jobId, retry, before, refused: null };
    } catch (error) {
      if (!(error instanceof JobTriggerError)) throw error;
      const { code, message } = error;
      return { run, jobId: run.jobId, retry: null, before, refused: { code, message } };
    }
  }

  async function startJob({ job, title }: AttentionItem, actor: Actor): Promise<readonly RetriedRun[]> {
    if (job === null) throw invalidField('which', 'finds no run: nothing of this item can be run again');
    const note = `Started from attention: ${title}`.slice(0, 200);
    const retry = await runs.start(job.id, { note, allowInactive: true }, actor);
    return [{ run: null, jobId: job.id, retry, before: false, refused: null }];
  }

  return {
    list: (filter, page) => store.attention.list(filter, page),

    summary: () => store.attention.summary(),

    async get(id) {
      const item = await existing(store, id);
      const touched = await store.attention.jobs(id, shown);
      const known =
        touched.length > 0 || item.job === null ? touched : [{ ...item.job, times: 0, run: null, healedAt: null }];
      const names = await store.jobs.byIds(known.map((job) => job.id));
      return {
        item,
        jobs: known.map((job) => ({ ...job, name: names.get(job.id)?.definition.name ?? 'a deleted job' })),
        runs: await store.attention.runs(id, shown),
        since: await sinceSuccess(item),
      };
    },

    acknowledge: (id, actor) =>
      changed(id, actor, 'Acknowledged.', async (tables, item) => {
        const alert = await alertOf(tables, item);
        if (alert !== null) await acknowledgeAlert(tables, alert, actor);
        return (await tables.attention.acknowledge(id, actor.name)) || alert !== null;
      }),

    async assign(id, ownerId, actor) {
      const owner = ownerId === null ? null : await store.people.get(ownerId);
      if (ownerId !== null && owner === null) throw invalidField('owner', 'is nobody with an account here');
      return set(id, actor, owner === null ? 'Nobody owns it.' : `${owner.name} owns it.`, { ownerId });
    },

    note(id, note, actor) {
      checkText('note', note);
      const text = note === null || note.trim() === '' ? null : note.trim();
      return set(id, actor, text === null ? 'Its note was removed.' : `Note: ${text.slice(0, 200)}`, { note: text });
    },

    async snooze(id, until, actor) {
      const now = await store.now();
      if (until !== null && (until <= now || until > now + longestSnoozeMs))
        throw invalidField('until', 'is an instant ahead, at most a year');
      const words = until === null ? 'It is back.' : `Put off until ${formatInstant(until)}.`;
      return set(id, actor, words, { snoozedUntil: until });
    },

    resolve(id, how, actor) {
      checkText('how', how);
      const text = how === null || how.trim() === '' ? `Resolved by ${actor.name}.` : how.trim();
      return changed(
        id,
        actor,
        text,
        async (tables, item) => {
          if (!(await tables.attention.resolve(id, { by: actor.name, how: text }))) return false;
          const alert = await alertOf(tables, item);
          if (alert !== null) await acknowledgeAlert(tables, alert, actor);
          return true;
        },
        'attention.resolved',
      );
    },

    reopen: (id, actor) =>
      changed(
        id,
        actor,
        'Opened again.',
        async (tables, item) => {
          if (!(await tables.attention.reopen(id))) return false;
          if (item.alertId !== null) await tables.alerts.reopen(item.alertId);
          return true;
        },
        'attention.reopened',
      ),

    async retry(id, request, actor) {
      const item = await existing(store, id);
      const { attention } = store;
      const found =
        request.which === 'all' ? await attention.runs(id, mostAtOnce) : await attention.newestRuns(id, mostAtOnce);
      const results = [];
      // The oldest first, as they were due.
      for (const run of found.toReversed()) results.push(await retryOne(item, run, request, actor));
      const answer = results.length > 0 ? results : await startJob(item, actor);
      const again = answer.filter(({ retry, before }) => retry !== null && !before).length;
      const sentence = again === 1 ? 'A run was started again.' : `${again} runs were started again.`;
      await changed(id, actor, sentence, () => Promise.resolve(again > 0), 'attention.retried');
      return answer;
    },
  };
}
