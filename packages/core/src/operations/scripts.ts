/** What people ask of scripts where their approval is required: what each holds, what changed, and a decision. */
import { invalidField, JobTriggerError } from '../errors.ts';
import { seeScript } from '../flow/see-script.ts';
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import {
  approvalsOf,
  isApproved,
  scriptsOf,
  standingOf,
  writersOf,
  type ScriptDecision,
  type ScriptFile,
  type ScriptNote,
  type ScriptStanding,
  type ScriptVersion,
} from '../model/script-approval.ts';
import { lineDifference, type DifferingLine } from '../policy/line-difference.ts';
import { refuseDecision, type DecisionRefusal, type ScriptAuthor } from '../policy/script-decision.ts';
import { scriptHints, textOf, type ScriptHint } from '../policy/script-hints.ts';
import type { ScriptOverview, ScriptUse } from '../store/script-table.ts';
import type { Tables } from '../store/store.ts';
import { audited, note, subjectOf } from './audited.ts';
import type { Actor, OperationContext } from './context.ts';

export interface UsingJob {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly name: string;
  readonly active: boolean;
  readonly nextDueAt: Instant | null;
}

export interface ReviewedScript {
  readonly file: ScriptFile;
  /** What it holds now; null when it is missing. */
  readonly version: ScriptVersion | null;
  readonly standing: ScriptStanding;
  /** Living jobs that name it, the one that is due next before all. */
  readonly jobs: readonly UsingJob[];
}

export interface ScriptReview extends ReviewedScript {
  /** Newest first. */
  readonly versions: readonly ScriptVersion[];
  /** Whoever wrote what it holds by the portal; else whoever made a job name it. */
  readonly authors: readonly ScriptAuthor[];
  /** Whether authors wrote what it holds. */
  readonly isWritten: boolean;
  /** Whoever approved what it holds since it was last refused, the first before all. */
  readonly approvedBy: readonly string[];
  /** Oldest first. */
  readonly notes: readonly ScriptNote[];
  readonly hints: readonly ScriptHint[];
  /** Its text; null when it is missing, or no text. */
  readonly text: string | null;
  /** The newest approved version besides, which {@link ScriptReview.lines} begin from; null without one. */
  readonly base: ScriptVersion | null;
  /** From the base to what it holds now; from nothing without one. Empty when one of them is no text. */
  readonly lines: readonly DifferingLine[];
  /** Why whoever asks may not approve it; null for yes. */
  readonly refusal: DecisionRefusal | null;
}

interface DecisionRequest {
  readonly decision: ScriptDecision;
  /** Of the content that was looked at. */
  readonly hash: string;
  readonly note: string | null;
}

interface CommentRequest {
  readonly hash: string;
  /** From 1; null for the whole. */
  readonly line: number | null;
  readonly text: string;
}

export interface ScriptOperations {
  /** Whether scripts need approval here. */
  readonly required: boolean;
  /** How many people approve a content before it runs. */
  readonly approvals: number;
  /** Those that jobs name, and those that were reviewed, by path; for whoever is no approver, of jobs that they see. */
  list(actor: Actor): Promise<readonly ReviewedScript[]>;
  /** As a keeper saw it last, some seconds ago. @throws `not_found` */
  review(id: Id, actor: Actor): Promise<ScriptReview>;
  /**
   * By somebody in person, who is an approver or an administrator, and for an approval is not its author and has not
   * approved it already.
   * @throws `not_found`, `forbidden`, `conflict`, `invalid` without the note that a refusal needs, `stale_hash` when the
   * file holds something else than was looked at
   */
  decide(id: Id, request: DecisionRequest, actor: Actor): Promise<void>;
  /** @throws `not_found`, `stale_hash`, `invalid` */
  comment(id: Id, request: CommentRequest, actor: Actor): Promise<void>;
}

const longestNote = 2000;
/** Versions of a job that are looked through for who made it name a file. */
const versionsAtOnce = 100;

const auditActions = {
  approved: 'script.approved',
  changes_requested: 'script.changes_requested',
  rejected: 'script.rejected',
} as const;

export function scriptOperations({ store, whole = store, look, sight }: OperationContext): ScriptOperations {
  const needed = look?.approvals ?? 1;

  /** Said where one approval is not all. */
  const countOf = (decision: ScriptDecision, approvals: number): object =>
    decision === 'approved' && needed > 1 ? { approvals: `${approvals} of ${needed}` } : {};

  /** As the file is now, which a keeper may not have seen yet. */
  async function refreshed(id: Id): Promise<void> {
    const file = await store.scripts.get(id);
    if (file === null) throw noSuchScript();
    if (look === undefined) return;
    const { hash } = look.see(file.path);
    // A portal may stand on a host without the folder: that a file is missing is for a keeper to say.
    if (hash === null || hash === file.hash) return;
    if (await seeScript(store, look, file.path)) store.bell.ring('change');
  }

  async function reviewedAll(overviews: readonly ScriptOverview[]): Promise<readonly ReviewedScript[]> {
    const uses = Map.groupBy(await store.scripts.uses(), ({ path }) => path);
    const ids = [...new Set(overviews.flatMap(({ file }) => (uses.get(file.path) ?? []).map(({ job }) => job.id)))];
    const next = new Map((await store.jobs.summaries(ids)).map(({ job, nextDueAt }) => [job.id, nextDueAt]));
    return overviews.map(({ file, version, wasApproved }) => ({
      file,
      version,
      standing: standingOf(file, version, { wasApproved, needed }),
      jobs: jobsOf(uses.get(file.path) ?? [], next),
    }));
  }

  /** An approver reads all that waits for one; the others what jobs run that they see. */
  async function shownTo(actor: Actor, all: readonly ReviewedScript[]): Promise<readonly ReviewedScript[]> {
    if (sight === undefined || (await whoAsks(store, actor)).person?.approver === true) return all;
    return all.filter(({ jobs }) => jobs.length > 0);
  }

  async function shown(id: Id, actor: Actor): Promise<ReviewedScript> {
    const overviews = (await store.scripts.list(needed)).filter(({ file }) => file.id === id);
    const [reviewed] = await shownTo(actor, await reviewedAll(overviews));
    if (reviewed === undefined) throw noSuchScript();
    return reviewed;
  }

  /** The version a person looked at, while the file still holds it. */
  async function lookedAt(tables: Tables, id: Id, hash: string): Promise<readonly [ScriptFile, ScriptVersion]> {
    const file = await tables.scripts.get(id, { lock: true });
    const version = (await tables.scripts.versions(id)).find((each) => each.hash === hash);
    if (file === null || file.hash !== hash || version === undefined)
      throw new JobTriggerError(
        'stale_hash',
        `${file?.path ?? 'The script'} holds something else than you looked at. Review it anew.`,
        { sha256: file?.hash ?? null },
      );
    return [file, version];
  }

  return {
    required: look !== undefined,
    approvals: needed,

    async list(actor) {
      return shownTo(actor, await reviewedAll(await store.scripts.list(needed)));
    },

    async review(id, actor) {
      const reviewed = await shown(id, actor);
      const { file, version } = reviewed;
      const versions = await store.scripts.versions(id);
      const base = versions.find((each) => isApproved(each, needed) && each.number !== version?.number) ?? null;
      const notes = await store.scripts.notes(id);
      const contentOf = async (one: ScriptVersion | null): Promise<Buffer | null> =>
        one === null ? null : store.scripts.content(id, one.number);
      const [content, before] = [await contentOf(version), await contentOf(base)];
      const text = content === null ? null : textOf(content);
      const textBefore = before === null ? '' : textOf(before);
      // Of all jobs: an approver may see none of those that name it.
      const jobs = (await whole.scripts.uses()).filter(({ path }) => path === file.path).map(({ job }) => job);
      const facts = { ...(await authorsOf(whole, { file, version, jobs })), ...approversIn(notes, version) };
      return {
        ...reviewed,
        versions,
        authors: facts.authors,
        isWritten: facts.isWritten,
        approvedBy: version === null ? [] : approvalsOf(notes, version.number).map(({ personName }) => personName),
        notes,
        hints: content === null ? [] : scriptHints(file.path, content),
        text,
        base,
        lines: text === null || textBefore === null ? [] : lineDifference(textBefore, text),
        refusal: refuseDecision({ decision: 'approved', ...(await whoAsks(store, actor)), ...facts }),
      };
    },

    async decide(id, { decision, hash, note: given }, actor) {
      if (look === undefined)
        throw new JobTriggerError(
          'conflict',
          'Scripts need no approval here: security.require_script_approval is off.',
        );
      const why = given?.trim() ?? '';
      if (decision !== 'approved' && why === '') throw invalidField('note', 'says what is wrong with it');
      if (why.length > longestNote) throw invalidField('note', `has at most ${longestNote} characters`);
      await refreshed(id);
      const [noteId = 0] = await store.ids(1);
      await audited(store, async (tables) => {
        const before = await tables.scripts.get(id, { lock: true });
        if (before === null) throw noSuchScript();
        const { path } = before;
        const jobs = (await tables.scripts.uses()).filter((use) => use.path === path).map(({ job }) => job);
        const asked = (await tables.scripts.versions(id)).find((each) => each.hash === hash) ?? null;
        const notes = await tables.scripts.notes(id);
        const facts = {
          ...(await authorsOf(tables, { file: before, version: asked, jobs })),
          // Of a content that is gone it is no matter who approved it.
          ...approversIn(notes, before.hash === hash ? asked : null),
        };
        const refusal = refuseDecision({ decision, ...(await whoAsks(tables, actor)), ...facts });
        if (refusal !== null) throw new JobTriggerError(refusal.code, refusal.text);
        const [file, version] = await lookedAt(tables, id, hash);
        const at = await tables.now();
        const text = why === '' ? null : why;
        const { number } = version;
        const approvals = decision === 'approved' ? facts.approvers.length + 1 : 0;
        const by = { by: actor.name, byId: actor.personId };
        await tables.scripts.decide(version, { state: decision, at, ...by, note: text, approvals });
        const who = { personId: actor.personId, personName: actor.name };
        const said = { id: noteId, createdAt: at, scriptId: id, number, kind: decision, line: null, text: why };
        await tables.scripts.addNote({ ...said, ...who });
        const data = { name: path, path, sha256: hash, version: number, note: text, via: actor.via };
        // One approval of two is no news to whoever waits for the script.
        if (decision !== 'approved' || approvals >= needed)
          await tables.events.append([{ kind: auditActions[decision], actor: actor.name, data }]);
        await note(tables, actor, {
          action: auditActions[decision],
          subject: subjectOf('script', { ...file, name: path }),
          before: { state: version.state },
          after: { state: decision, version: number, sha256: hash, note: text, ...countOf(decision, approvals) },
        });
      });
      store.bell.ring('change');
    },

    async comment(id, { hash, line, text }, actor) {
      const said = text.trim();
      if (said === '' || said.length > longestNote) throw invalidField('text', `needs 1 to ${longestNote} characters`);
      if (line !== null && (!Number.isInteger(line) || line < 1)) throw invalidField('line', 'counts from 1');
      await shown(id, actor);
      const [noteId = 0] = await store.ids(1);
      await audited(store, async (tables) => {
        const [file, { number }] = await lookedAt(tables, id, hash);
        const createdAt = await tables.now();
        const who = { personId: actor.personId, personName: actor.name };
        await tables.scripts.addNote({
          id: noteId,
          createdAt,
          scriptId: id,
          number,
          kind: 'comment',
          line,
          text: said,
          ...who,
        });
        await note(tables, actor, {
          action: 'script.commented',
          subject: subjectOf('script', { ...file, name: file.path }),
          after: { version: number, line, text: said },
        });
      });
      store.bell.ring('change');
    },
  };
}

function jobsOf(uses: readonly ScriptUse[], next: ReadonlyMap<Id, Instant | null>): readonly UsingJob[] {
  const jobs = uses.map(({ job }) => ({ ...job, nextDueAt: job.active ? (next.get(job.id) ?? null) : null }));
  return jobs.toSorted(
    (one, other) => (one.nextDueAt ?? Infinity) - (other.nextDueAt ?? Infinity) || one.id - other.id,
  );
}

async function whoAsks({ people }: Pick<Tables, 'people'>, { personId, name: called, keyId = null }: Actor) {
  return { person: personId === null ? null : await people.get(personId), called, byKey: keyId !== null };
}

const noSuchScript = (): JobTriggerError => new JobTriggerError('not_found', 'There is no such script.');

const approversIn = (notes: readonly ScriptNote[], version: ScriptVersion | null) => ({
  approvers: version === null ? [] : approvalsOf(notes, version.number).map(({ personId }) => personId),
});

interface Authored {
  readonly file: Pick<ScriptFile, 'id' | 'path'>;
  readonly version: ScriptVersion | null;
  readonly jobs: readonly Pick<UsingJob, 'id'>[];
}

/**
 * Whoever wrote the version by the portal. Without one, of each job whoever wrote the version of it in which it began to
 * name the file, as it does ever since.
 */
async function authorsOf(
  { jobs, scripts }: Pick<Tables, 'jobs' | 'scripts'>,
  { file, version, jobs: using }: Authored,
): Promise<{ readonly authors: readonly ScriptAuthor[]; readonly isWritten: boolean }> {
  const writers = version === null ? [] : writersOf(await scripts.notes(file.id), version.number);
  if (writers.length > 0) return { authors: writers, isWritten: true };
  const authors = new Map<string, ScriptAuthor>();
  for (const { id } of using) {
    const author = await authorIn(jobs, id, file.path);
    if (author !== null) authors.set(author.id === null ? author.name : String(author.id), author);
  }
  return { authors: [...authors.values()], isWritten: false };
}

async function authorIn(jobs: Tables['jobs'], jobId: Id, path: string): Promise<ScriptAuthor | null> {
  let author: ScriptAuthor | null = null;
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<Tables['jobs']['versions']>> = await jobs.versions(jobId, {
      limit: versionsAtOnce,
      after,
    });
    for (const { definition, author: name, authorId } of page.items) {
      if (!scriptsOf(definition).includes(path)) return author;
      author = { id: authorId, name: name ?? 'nobody known' };
    }
    after = page.next;
  } while (after !== null);
  return author;
}
