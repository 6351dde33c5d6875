import { sql } from 'kysely';
import type { Id } from '../../model/id.ts';
import { scriptsOf, type ScriptFile, type ScriptNote, type ScriptVersion } from '../../model/script-approval.ts';
import type { ScriptContent, ScriptSight, ScriptTable, ScriptUse } from '../script-table.ts';
import { selectJobs, toJob } from './job-view.ts';
import type { ScriptNoteRow, ScriptRow, ScriptVersionRow } from './script-schema.ts';
import { first, type Session } from './session.ts';

const toFile = (row: ScriptRow): ScriptFile => ({
  id: row.id,
  createdAt: row.created_at,
  path: row.path,
  hash: row.hash,
  problem: row.problem,
  seenAt: row.seen_at,
});

function toVersion(row: Omit<ScriptVersionRow, 'content'>): ScriptVersion {
  return {
    scriptId: row.script_id,
    number: row.number,
    createdAt: row.created_at,
    hash: row.hash,
    bytes: row.bytes,
    state: row.state as ScriptVersion['state'],
    decidedAt: row.decided_at,
    decidedBy: row.decided_by,
    decidedById: row.decided_by_id,
    approvals: row.approvals,
    note: row.note,
  };
}

function toNote(row: ScriptNoteRow): ScriptNote {
  return {
    id: row.id,
    createdAt: row.created_at,
    scriptId: row.script_id,
    number: row.number,
    kind: row.kind as ScriptNote['kind'],
    line: row.line,
    text: row.text,
    personId: row.person_id,
    personName: row.person_name,
  };
}

/** All but the content, which may be long. */
const versionColumns = [
  'script_id',
  'number',
  'created_at',
  'hash',
  'bytes',
  'state',
  'decided_at',
  'decided_by',
  'decided_by_id',
  'note',
  'approvals',
] as const;

async function now(session: Session): Promise<number> {
  const [row] = await session.run<{ now: number }>(session.hot.now);
  return row?.now ?? 0;
}

/** Its row, made when it is the first look, and held until the transaction ends. */
async function rowOf(session: Session, { id, path }: Pick<ScriptSight, 'id' | 'path'>, at: number): Promise<ScriptRow> {
  const { build } = session;
  const fresh = { id, created_at: at, path, hash: null, problem: null, seen_at: at };
  const insert = build.insertInto('scripts').values(fresh);
  await session.change(insert.onConflict((on) => on.doNothing()));
  const query = build.selectFrom('scripts').selectAll().where('path', '=', path);
  const row = await first(session, session.kind === 'postgres' ? query.forUpdate() : query);
  return row ?? fresh;
}

/** What nobody decided or spoke about is of no use once the file holds something else. */
async function giveWay(session: Session, scriptId: Id, hash: string): Promise<void> {
  const spent = session.build
    .deleteFrom('script_versions')
    .where('script_id', '=', scriptId)
    .where('state', '=', 'waiting')
    .where('hash', '<>', hash);
  await session.change(
    spent.where((on) =>
      on.not(
        on.exists(
          on
            .selectFrom('script_notes as n')
            .select('n.id')
            .whereRef('n.script_id', '=', 'script_versions.script_id')
            .whereRef('n.number', '=', 'script_versions.number'),
        ),
      ),
    ),
  );
}

type Found = NonNullable<ScriptSight['found']>;

/** 0 without one. */
async function newestNumber(session: Session, scriptId: Id): Promise<number> {
  const newest = session.build
    .selectFrom('script_versions')
    .select((on) => on.fn.max<number | null>('number').as('number'))
    .where('script_id', '=', scriptId);
  return (await first(session, newest))?.number ?? 0;
}

async function addVersion(session: Session, scriptId: Id, { hash, content }: Found, at: number): Promise<void> {
  const { build } = session;
  const row: ScriptVersionRow = {
    script_id: scriptId,
    number: (await newestNumber(session, scriptId)) + 1,
    created_at: at,
    hash,
    bytes: content.length,
    content: content.toString('base64'),
    state: 'waiting',
    decided_at: null,
    decided_by: null,
    decided_by_id: null,
    note: null,
    approvals: 0,
  };
  const insert = build.insertInto('script_versions').values(row);
  await session.change(insert.onConflict((on) => on.doNothing()));
}

async function usesOf(session: Session): Promise<readonly ScriptUse[]> {
  // The hooks stand in the definition alone; what the pattern finds besides is left out below.
  const query = selectJobs(session)
    .where('j.deleted_at', 'is', null)
    .where((on) =>
      on.or([on('j.type', '=', 'script'), on(sql<string>`cast(v.definition as text)`, 'like', '%"hooks":{%')]),
    );
  const uses = (await session.rows(query.orderBy('j.sort_name'))).flatMap((row) => {
    const { id, createdAt, active, definition } = toJob(row);
    const job = { id, createdAt, name: definition.name, active };
    return scriptsOf(definition).map((path): ScriptUse => ({ path, job }));
  });
  return uses.toSorted((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));
}

/** Kept for whoever wants a former content back; what was decided and said keeps its content for good. */
async function forget(session: Session, scriptId: Id, most: number): Promise<void> {
  const spoken: readonly ScriptNote['kind'][] = ['comment', 'approved', 'changes_requested', 'rejected'];
  const spent = session.build
    .deleteFrom('script_versions')
    .where('script_id', '=', scriptId)
    .where('state', '=', 'waiting')
    .where('number', '<=', (await newestNumber(session, scriptId)) - most);
  await session.change(
    spent.where((on) =>
      on.and([
        on.not(
          on.exists(
            on
              .selectFrom('script_notes as n')
              .select('n.id')
              .whereRef('n.script_id', '=', 'script_versions.script_id')
              .whereRef('n.number', '=', 'script_versions.number')
              .where('n.kind', 'in', spoken),
          ),
        ),
        on.not(
          on.exists(
            on
              .selectFrom('scripts as s')
              .select('s.id')
              .whereRef('s.id', '=', 'script_versions.script_id')
              .whereRef('s.hash', '=', 'script_versions.hash'),
          ),
        ),
      ]),
    ),
  );
}

/** Scripts and their approval, on either database. */
export function scriptTable(session: Session): ScriptTable {
  const { build } = session;
  const files = build.selectFrom('scripts').selectAll();
  const versions = build.selectFrom('script_versions').select(versionColumns);
  return {
    async approved(contents, needed) {
      if (contents.length === 0) return [];
      const query = build
        .selectFrom('script_versions as v')
        .innerJoin('scripts as s', 's.id', 'v.script_id')
        .select(['s.path', 'v.hash'])
        .where('v.state', '=', 'approved')
        .where('v.approvals', '>=', needed)
        .where(
          'v.hash',
          'in',
          contents.map(({ hash }) => hash),
        );
      const asked = new Set(contents.map(keyOf));
      return (await session.rows(query)).filter((found) => asked.has(keyOf(found)));
    },
    async see(sight) {
      const at = await now(session);
      const row = await rowOf(session, sight, at);
      const hash = sight.found?.hash ?? null;
      if (sight.found !== null) {
        const known = versions.where('script_id', '=', row.id).where('hash', '=', sight.found.hash);
        if ((await first(session, known)) === null) await addVersion(session, row.id, sight.found, at);
        await giveWay(session, row.id, sight.found.hash);
      }
      if (row.hash === hash && row.problem === sight.problem) return false;
      const change = { hash, problem: sight.problem, seen_at: at };
      await session.change(build.updateTable('scripts').set(change).where('id', '=', row.id));
      return true;
    },
    async keep({ id, path, found }) {
      const at = await now(session);
      const row = await rowOf(session, { id, path }, at);
      const known = versions.where('script_id', '=', row.id).where('hash', '=', found.hash);
      if ((await first(session, known)) === null) await addVersion(session, row.id, found, at);
      const kept = await first(session, known);
      if (kept === null) throw new Error('A content that is kept is there.');
      return toVersion(kept);
    },
    forget: (scriptId, most) => forget(session, scriptId, most),
    async byPath(path, { lock } = { lock: false }) {
      const one = files.where('path', '=', path);
      const row = await first(session, lock && session.kind === 'postgres' ? one.forUpdate() : one);
      return row === null ? null : toFile(row);
    },
    async get(id, { lock } = { lock: false }) {
      const one = files.where('id', '=', id);
      const row = await first(session, lock && session.kind === 'postgres' ? one.forUpdate() : one);
      return row === null ? null : toFile(row);
    },
    async list(needed) {
      const found = await session.rows(files.orderBy('path'));
      const current = versions.where((on) =>
        on.exists(
          on
            .selectFrom('scripts as s')
            .select('s.id')
            .whereRef('s.id', '=', 'script_versions.script_id')
            .whereRef('s.hash', '=', 'script_versions.hash'),
        ),
      );
      const held = new Map((await session.rows(current)).map((row) => [row.script_id, toVersion(row)]));
      const approved = build.selectFrom('script_versions').select('script_id').where('state', '=', 'approved');
      const enough = approved.where('approvals', '>=', needed);
      const once = new Set((await session.rows(enough)).map(({ script_id }) => script_id));
      return found.map((row) => ({
        file: toFile(row),
        version: held.get(row.id) ?? null,
        wasApproved: once.has(row.id),
      }));
    },
    async versions(scriptId) {
      const query = versions.where('script_id', '=', scriptId).orderBy('number', 'desc');
      return (await session.rows(query)).map(toVersion);
    },
    async content(scriptId, number) {
      const one = build.selectFrom('script_versions').select('content').where('script_id', '=', scriptId);
      const row = await first(session, one.where('number', '=', number));
      return row === null ? null : Buffer.from(row.content, 'base64');
    },
    async decide({ scriptId, number }, { state, at, by, byId, note, approvals }) {
      const change = { state, decided_at: at, decided_by: by, decided_by_id: byId, note, approvals };
      const update = build.updateTable('script_versions').set(change).where('script_id', '=', scriptId);
      await session.change(update.where('number', '=', number));
    },
    async addNote(note) {
      const row: ScriptNoteRow = {
        id: note.id,
        created_at: note.createdAt,
        script_id: note.scriptId,
        number: note.number,
        kind: note.kind,
        line: note.line,
        text: note.text,
        person_id: note.personId,
        person_name: note.personName,
      };
      await session.change(build.insertInto('script_notes').values(row));
    },
    async notes(scriptId) {
      const query = build.selectFrom('script_notes').selectAll().where('script_id', '=', scriptId).orderBy('id');
      return (await session.rows(query)).map(toNote);
    },
    uses: () => usesOf(session),
  };
}

const keyOf = ({ path, hash }: ScriptContent): string => `${hash} ${path}`;
