/**
 * `npm run bench:counts [-- NAME…]`: what the portal's reads cost, counted where no load of a machine can move it: statements
 * of each request, and how the databases find their rows. Status 1 when a request asks more than it may.
 */
import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import { freshDir, freshPostgres } from '../test/setup/databases.ts';
import { startPostgres } from '../test/setup/postgres.ts';
import { tracing, type Traced } from './drivers-traced.ts';
import { fillPast, type Past } from './past.ts';
import { openPortal, readsOf } from './portal-reads.ts';

/** Small enough to be made in seconds, and more of everything than a bounded read may touch. */
const past: Past = { runs: 60_000, schedules: 60_000, backlog: 100_000, days: 30 };
/** Of one table, what one statement may read: a page that finds little looks through 8,000 runs and says so, what is ahead is told of 10,000 schedules. */
const mostRows = 16_500;
const mostStatements = 75;
/** They grow for ever, or with what people save: nothing reads them as a whole. */
const large =
  /^(?:runs|attempts|events|occurrences|jobs|job_versions|job_tags|schedules|schedule_jobs|unsuccessful|run_tallies)(?:_default|_\d{4}_\d\d)?$/;

/**
 * Known and bounded otherwise: whether a schedule was planned with other zone data is asked of all of them, as an index by
 * that would be written with each plan.
 */
const excused = [
  /where "tz_version" <> /,
  // Not bounded: the stretch of a timeline that nobody has counted yet is counted run by run, however many it holds.
  /count\(\*\) as "count" from "runs" as "r" inner join "jobs"/,
  /count\(\*\) AS count FROM runs WHERE /,
];

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

type Judge = (statement: Traced) => Promise<readonly string[]>;

/** Rows that a node took out of its table, those it dropped included. */
function rowsOf(node: Plan): number {
  return ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1);
}

function* nodesOf(plan: Plan): Generator<Plan> {
  yield plan;
  for (const child of plan.Plans ?? []) yield* nodesOf(child);
}

function postgresJudge(client: pg.Client): Judge {
  return async ({ text, values }) => {
    if (!/^\s*(?:SELECT|WITH)/i.test(text)) return [];
    const explain = `EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF, SUMMARY OFF) ${text}`;
    const { rows } = await client.query<{ 'QUERY PLAN': readonly { readonly Plan: Plan }[] }>(
      explain,
      values as unknown[],
    );
    const plan = rows[0]?.['QUERY PLAN'][0]?.Plan;
    if (plan === undefined) return [];
    return [...nodesOf(plan)].flatMap((node) => {
      const table = node['Relation Name'] ?? '';
      const count = rowsOf(node);
      return large.test(table) && count > mostRows ? [`${node['Node Type']} reads ${count} rows of ${table}`] : [];
    });
  };
}

/** SQLite tells no rows: it may search, or go along an index in the order of the answer. */
function sqliteJudge(database: DatabaseSync): Judge {
  const indexes = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql LIKE '% WHERE %'")
    .all();
  // Of a table's rows these hold a few, and nobody but whoever asks for those goes along them.
  const partial = new Set(indexes.map(({ name }) => String(name)));
  return ({ text, values }) => {
    if (!/^\s*(?:SELECT|WITH)/i.test(text)) return Promise.resolve([]);
    const statement = database.prepare(`EXPLAIN QUERY PLAN ${text}`);
    const rows = (
      Array.isArray(values) ? statement.all(...(values as string[])) : statement.all(values as Record<string, string>)
    ) as {
      readonly detail: string;
    }[];
    const alias = new Map(
      [...text.matchAll(/\b(?:from|join)\s+"?(\w+)"?\s+(?:as\s+)?"?(\w+)"?/gi)].map(([, table = '', name = '']) => [
        name,
        table,
      ]),
    );
    return Promise.resolve(
      rows.flatMap(({ detail }) => {
        const name = /^SCAN (\w+)/.exec(detail)?.[1];
        if (name === undefined || partial.has(/ INDEX (\w+)/.exec(detail)?.[1] ?? '')) return [];
        // In the order of the answer, and no further than asked: how far that is, the other database tells.
        if (/\blimit\b/i.test(text) && !rows.some((row) => row.detail === 'USE TEMP B-TREE FOR ORDER BY')) return [];
        return large.test(alias.get(name) ?? name) ? [detail] : [];
      }),
    );
  };
}

interface Place {
  readonly url: string;
  readonly judge: () => Promise<{ readonly judge: Judge; close(): Promise<void> }>;
}

/** What is wrong with the statements of one request, each text looked at once. */
async function faultsOf(statements: readonly Traced[], judge: Judge): Promise<readonly string[]> {
  const faults = statements.length > mostStatements ? [`asks ${statements.length} statements`] : [];
  const byText = new Map(statements.map((statement) => [statement.text, statement]));
  for (const [text, statement] of byText) {
    if (excused.some((each) => each.test(text))) continue;
    for (const fault of await judge(statement)) faults.push(`${fault}: ${text.replaceAll(/\s+/g, ' ').slice(0, 300)}`);
  }
  return faults;
}

async function examine(kind: string, place: Place, folder: string, only: readonly string[]): Promise<number> {
  const facts = await fillPast(place.url, past, () => undefined);
  const portal = await openPortal(place.url, folder);
  const examiner = await place.judge();
  const reads = await readsOf(portal, facts);
  let wrong = 0;
  for (const { name, path } of reads.filter(
    (read) => only.length === 0 || only.some((part) => read.name.includes(part)),
  )) {
    // What is asked once and kept is no request's.
    await portal.read(path);
    const { statements } = await tracing(() => portal.read(path));
    const faults = await faultsOf(statements, examiner.judge);
    wrong += faults.length;
    if (faults.length + only.length > 0)
      process.stdout.write(
        `${kind}, ${name}: ${statements.length} statements\n${faults.map((fault) => `  ${fault}\n`).join('')}`,
      );
  }
  await portal.close();
  await examiner.close();
  return wrong;
}

const only = process.argv.slice(2);
const folder = freshDir('jtp-counts');
const server = await startPostgres();
const fresh = await freshPostgres(server.url);
let wrong = 0;
try {
  const file = `${folder.path}/portal.db`;
  wrong += await examine(
    'SQLite',
    {
      url: `sqlite:${file}`,
      judge: () => {
        const database = new DatabaseSync(file);
        database.function('now_ms', () => Date.now());
        return Promise.resolve({ judge: sqliteJudge(database), close: () => Promise.resolve(database.close()) });
      },
    },
    `${folder.path}/sqlite`,
    only,
  );
  wrong += await examine(
    'PostgreSQL',
    {
      url: fresh.url,
      judge: async () => {
        const client = new pg.Client({ connectionString: fresh.url, options: '-c jit=off' });
        await client.connect();
        return { judge: postgresJudge(client), close: () => client.end() };
      },
    },
    `${folder.path}/postgres`,
    only,
  );
} finally {
  await fresh.drop();
  await server.stop();
  folder.remove();
}
process.stdout.write(
  wrong === 0 ? 'Every read stays within its bounds.\n' : `${wrong} reads go beyond their bounds.\n`,
);
process.exitCode = wrong === 0 ? 0 : 1;
