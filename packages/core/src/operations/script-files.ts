/** What people do to the files of the scripts folder by the portal, where configuration allows it. */
import { createHash } from 'node:crypto';
import { invalidField, JobTriggerError } from '../errors.ts';
import { readScript, type ScriptBytes } from '../handlers/script-file.ts';
import { checkNewScript, heldScript, placeScript, removeScript } from '../handlers/script-write.ts';
import type { Id } from '../model/id.ts';
import {
  writersOf,
  type ScriptAct,
  type ScriptFile,
  type ScriptNote,
  type ScriptVersion,
} from '../model/script-approval.ts';
import { lesserLevel, suffices } from '../policy/job-access.ts';
import { lineDifference, type DifferingLine } from '../policy/line-difference.ts';
import { scriptHints, textOf, type ScriptHint } from '../policy/script-hints.ts';
import type { ScriptUse } from '../store/script-table.ts';
import type { Tables } from '../store/store.ts';
import { audited, note, noteNothing, subjectOf } from './audited.ts';
import type { Actor, OperationContext, ScriptEditing } from './context.ts';

/** Whether files are changed here; else why not, and how it comes about. */
export interface ScriptEditingState {
  readonly isAllowed: boolean;
  readonly text: string;
}

/** A content that is kept, with whoever put it there by the portal: nobody where it changed on disk. */
interface KeptVersion extends ScriptVersion {
  readonly writtenBy: readonly string[];
}

export interface ScriptFileView {
  readonly path: string;
  readonly hash: string;
  readonly content: Buffer;
  /** Null for what is no UTF-8 text. */
  readonly text: string | null;
  readonly hints: readonly ScriptHint[];
  /** Those whoever asks sees. */
  readonly jobs: readonly ScriptUse['job'][];
  /** Why whoever asks may not change it; null for yes. */
  readonly refusal: string | null;
  /** Null where nothing of it is kept. */
  readonly file: ScriptFile | null;
  /** Newest first. */
  readonly versions: readonly KeptVersion[];
}

interface FileContent {
  readonly path: string;
  readonly content: Buffer;
}

/** A file as it was looked at. */
interface LookedAt {
  readonly path: string;
  /** SHA-256 of what it held. */
  readonly hash: string;
}

export interface ScriptFileOperations {
  editing(): Promise<ScriptEditingState>;
  /** @throws `invalid` naming the field `path` */
  read(path: string, actor: Actor): Promise<ScriptFileView>;
  /** A former content, for whoever may change the file. @throws `not_found`, `forbidden` */
  version(path: string, number: number, actor: Actor): Promise<{ version: ScriptVersion; content: Buffer }>;
  /** @throws `forbidden`, `conflict`, `invalid`, `name_taken` where a file lies there */
  create(file: FileContent, actor: Actor): Promise<void>;
  /** @throws `forbidden`, `conflict`, `invalid`, `edit_conflict` with the difference where it was changed meanwhile */
  write(file: FileContent & LookedAt, actor: Actor): Promise<void>;
  /**
   * @param options.force although jobs have it executed
   * @throws `forbidden`, `conflict`, `edit_conflict`, `script_in_use` naming the jobs
   */
  remove(file: LookedAt, options: { readonly force: boolean }, actor: Actor): Promise<void>;
}

/** Versions whose content is kept though nobody decided or spoke about it. */
const mostKept = 50;
/** Lines of a difference that a refusal tells. */
const mostLines = 400;
/** Lines told around a difference. */
const around = 3;

const switchedOff =
  'Scripts are not changed by the portal here. The setting scripts.allow_editing in config.yaml, or ' +
  'JOB_PORTAL_SCRIPTS_ALLOW_EDITING=true, allows it from the next start of the portal on.';

export function scriptFileOperations(context: OperationContext): ScriptFileOperations {
  const { store, system, scriptsDir, scriptRules: rules, scriptEditing } = context;
  const whole = context.whole ?? store;

  async function editing(): Promise<ScriptEditingState> {
    if (scriptEditing === undefined) return { isAllowed: false, text: switchedOff };
    return editingAmong(
      (await store.workers.list()).filter(({ lostAt }) => lostAt === null),
      {
        ...scriptEditing,
        scriptsDir,
      },
    );
  }

  async function refuseUnlessAllowed(): Promise<void> {
    const { isAllowed, text } = await editing();
    if (!isAllowed) throw new JobTriggerError(scriptEditing === undefined ? 'forbidden' : 'conflict', text);
  }

  const heldNow = (path: string): ScriptBytes | null => named(() => heldScript(scriptsDir, path, rules));

  /** While it is what was looked at. @param content what it should become; null for nothing */
  function lookedAt({ path, hash }: LookedAt, content: Buffer | null): ScriptBytes {
    const now = heldNow(path);
    if (now?.hash === hash) return now;
    const became = now === null ? 'deleted' : 'changed';
    throw new JobTriggerError('edit_conflict', `${path} was ${became} since you looked at it. Nothing was written.`, {
      sha256: now?.hash ?? null,
      ...(now === null || content === null ? {} : { lines: nearLines(now.bytes, content) }),
    });
  }

  /** Changes the file once `check` agrees; it says what lies there, in every transaction anew. */
  async function put({ path, content }: FileContent, check: () => ScriptBytes | null, actor: Actor): Promise<void> {
    await refuseUnlessAllowed();
    named(() => checkNewScript(path, content, rules));
    const found = { hash: createHash('sha256').update(content).digest('hex'), content };
    const [id = 0, noteId = 0, otherNoteId = 0] = await store.ids(3);
    // Known before it lies there: whoever wrote it is its author, whatever breaks between here and the end.
    const before = await audited(store, async (tables) => {
      noteNothing(tables);
      await refuseForeign(tables, path, actor);
      const held = check();
      if (held?.hash === found.hash) return held;
      if (held !== null) await tables.scripts.keep({ id, path, found: contentOf(held) });
      const version = await tables.scripts.keep({ id, path, found });
      await tables.scripts.addNote(actOf('written', { id: noteId, version, actor, at: await tables.now() }));
      return held;
    });
    if (before?.hash === found.hash) return;
    const mark = Buffer.from(system.random.bytes(9)).toString('base64url');
    const placed = named(() => placeScript({ scriptsDir, path, bytes: content, mark }));
    try {
      await audited(store, async (tables) => {
        const file = await locked(tables, path);
        const held = check();
        const at = await tables.now();
        if (held !== null) {
          const version = await tables.scripts.keep({ id, path, found: contentOf(held) });
          await tables.scripts.addNote(actOf('replaced', { id: otherNoteId, version, actor, at }));
        }
        await tables.scripts.see({ id, path, found, problem: null });
        await tables.scripts.forget(file.id, mostKept);
        await tellChanged(tables, { path, hash: found.hash, problem: null }, actor);
        await note(tables, actor, {
          action: held === null ? 'script.created' : 'script.changed',
          subject: subjectOf('script', { ...file, name: path }),
          before: held === null ? null : { sha256: held.hash, bytes: held.bytes.length },
          after: { sha256: found.hash, bytes: content.length },
        });
        // The last of all: what is refused before it has changed nothing.
        placed.settle();
      });
    } finally {
      placed.drop();
    }
    store.bell.ring('change');
  }

  return {
    editing,

    async read(path, actor) {
      const { bytes: content, hash } = named(() => readScript(scriptsDir, path, rules));
      const file = await store.scripts.byPath(path);
      const asked = scriptEditing === undefined ? null : await refusalOf(whole, path, actor);
      return {
        path,
        hash,
        content,
        text: textOf(content),
        hints: scriptHints(path, content),
        jobs: (await store.scripts.uses()).filter((use) => use.path === path).map(({ job }) => job),
        refusal: asked,
        file,
        versions: file === null ? [] : await keptVersions(store, file.id),
      };
    },

    async version(path, number, actor) {
      await refuseForeign(whole, path, actor);
      const file = await store.scripts.byPath(path);
      const version = file === null ? null : await versionOf(store, file.id, number);
      const content = version === null ? null : await store.scripts.content(version.scriptId, number);
      if (version === null || content === null)
        throw new JobTriggerError('not_found', `There is no version ${number} of ${path}.`);
      return { version, content };
    },

    async create(file, actor) {
      const absent = (): null => {
        if (heldNow(file.path) === null) return null;
        throw new JobTriggerError('name_taken', `${file.path} is there already.`);
      };
      await put(file, absent, actor);
    },

    async write(file, actor) {
      await put(file, () => lookedAt(file, file.content), actor);
    },

    async remove(file, { force }, actor) {
      await refuseUnlessAllowed();
      const { path } = file;
      const [id = 0, noteId = 0] = await store.ids(2);
      await audited(store, async (tables) => {
        await refuseForeign(tables, path, actor);
        const held = lookedAt(file, null);
        const names = (await usesOf(tables, path)).map(({ name }) => name);
        if (names.length > 0 && !force)
          throw new JobTriggerError('script_in_use', `${namesOf(names)} would find no ${path}.`, { jobs: names });
        const version = await tables.scripts.keep({ id, path, found: contentOf(held) });
        const at = await tables.now();
        await tables.scripts.addNote(actOf('removed', { id: noteId, version, actor, at }));
        const problem = `There is no script ${JSON.stringify(path)} in the scripts folder.`;
        await tables.scripts.see({ id, path, found: null, problem });
        await tellChanged(tables, { path, hash: null, problem }, actor);
        await note(tables, actor, {
          action: 'script.deleted',
          subject: subjectOf('script', { ...(await locked(tables, path)), name: path }),
          before: { sha256: held.hash, bytes: held.bytes.length, version: version.number, jobs: names },
        });
        named(() => removeScript(scriptsDir, path));
      });
      store.bell.ring('change');
    },
  };
}

/** Whether one folder is what every worker reads. */
function editingAmong(
  workers: readonly { readonly host: string }[],
  { host, isShared, scriptsDir }: ScriptEditing & { readonly scriptsDir: string },
): ScriptEditingState {
  const others = [...new Set(workers.map((worker) => worker.host))].filter((other) => other !== host).toSorted();
  if (isShared || others.length === 0) {
    const reach = isShared ? 'which all machines share' : `on ${host}`;
    return { isAllowed: true, text: `Files go into ${scriptsDir}, ${reach}. Whoever writes them decides what runs.` };
  }
  return {
    isAllowed: false,
    text:
      `Workers on ${others.join(', ')} read a scripts folder of their own, and the portal writes the one on ${host} alone. ` +
      'Put files there as before, or share one folder between the machines and set scripts.shared_folder to true.',
  };
}

/** Of what is said to a path that somebody asks for. */
function named<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof JobTriggerError && error.kind === 'invalid')
      throw invalidField('path', error.message, error.code);
    throw error;
  }
}

const contentOf = ({ hash, bytes }: ScriptBytes) => ({ hash, content: bytes });

interface Acted {
  readonly id: Id;
  readonly version: ScriptVersion;
  readonly actor: Actor;
  readonly at: number;
}

const actOf = (kind: ScriptAct, { id, version, actor, at }: Acted): ScriptNote => ({
  id,
  createdAt: at,
  scriptId: version.scriptId,
  number: version.number,
  kind,
  line: null,
  text: '',
  personId: actor.personId,
  personName: actor.name,
});

async function locked({ scripts }: Pick<Tables, 'scripts'>, path: string): Promise<ScriptFile> {
  const file = await scripts.byPath(path, { lock: true });
  if (file === null) throw new Error('A file with a kept content has its row.');
  return file;
}

async function tellChanged(
  { events }: Pick<Tables, 'events'>,
  { path, hash, problem }: { readonly path: string; readonly hash: string | null; readonly problem: string | null },
  actor: Actor,
): Promise<void> {
  const data = { name: path, path, sha256: hash, problem, via: actor.via };
  await events.append([{ kind: 'script.changed', actor: actor.name, data }]);
}

async function usesOf({ scripts }: Pick<Tables, 'scripts'>, path: string): Promise<readonly ScriptUse['job'][]> {
  return (await scripts.uses()).filter((use) => use.path === path).map(({ job }) => job);
}

type Asked = Pick<Tables, 'scripts' | 'people' | 'sharing'>;

/** Whoever changes a file changes each job that has it executed: it needs the right to edit all of them. */
async function refusalOf(tables: Asked, path: string, { personId }: Actor): Promise<string | null> {
  const jobs = await usesOf(tables, path);
  const person = personId === null ? null : await tables.people.get(personId);
  if (jobs.length === 0 || person === null || person.role === 'admin') return null;
  const levels = await tables.sharing.levels(
    jobs.map(({ id }) => id),
    person.id,
  );
  const mayEdit = jobs.every(({ id }) => {
    const level = levels.get(id);
    return level !== undefined && suffices(lesserLevel(person.role, level), 'edit');
  });
  return mayEdit
    ? null
    : 'Jobs that you may not edit have this script executed. Their owners or an administrator can change it.';
}

async function refuseForeign(tables: Asked, path: string, actor: Actor): Promise<void> {
  const refusal = await refusalOf(tables, path, actor);
  if (refusal !== null) throw new JobTriggerError('forbidden', refusal);
}

async function versionOf({ scripts }: Pick<Tables, 'scripts'>, id: Id, number: number): Promise<ScriptVersion | null> {
  return (await scripts.versions(id)).find((each) => each.number === number) ?? null;
}

async function keptVersions({ scripts }: Pick<Tables, 'scripts'>, id: Id): Promise<readonly KeptVersion[]> {
  const notes = await scripts.notes(id);
  const versions = await scripts.versions(id);
  return versions.map((version) => ({
    ...version,
    writtenBy: writersOf(notes, version.number).map(({ name }) => name),
  }));
}

/** What differs, with a little around it; null when there is no text to compare, or too much of it. */
function nearLines(before: Buffer, after: Buffer): readonly DifferingLine[] | null {
  const [one, other] = [textOf(before), textOf(after)];
  if (one === null || other === null) return null;
  const lines = lineDifference(one, other);
  const near = new Set(
    lines.flatMap(({ kind }, at) =>
      kind === 'same' ? [] : Array.from({ length: 2 * around + 1 }, (_, nth) => at - around + nth),
    ),
  );
  const told = lines.filter((_, at) => near.has(at));
  return told.length > mostLines ? null : told;
}

function namesOf(names: readonly string[]): string {
  const told = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${told} and ${names.length - 5} more jobs` : told;
}
