/** A whole copy of a SQLite file that is in use, and whether a copy is whole. */
import { Worker } from 'node:worker_threads';
import { JobTriggerError } from '../../errors.ts';

/** What a copy holds: its schema's version, and rows by table. */
export interface CopyFacts {
  readonly schema: number;
  readonly counts: Readonly<Record<string, number>>;
}

const counted = ['jobs', 'schedules', 'occurrences', 'gaps', 'runs', 'attempts', 'queue', 'leases', 'events', 'people'];

/**
 * Runs in a thread of its own, as SQLite holds its thread while it copies and checks. As text, so that it is found however
 * the program was packed. `VACUUM INTO` reads one state of the file, however many write meanwhile; the online copy would
 * begin anew with each of their commits.
 */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const { DatabaseSync } = require('node:sqlite');
try {
  const { source, copy, counted } = workerData;
  if (source !== null) {
    const live = new DatabaseSync(source, { readOnly: true, timeout: 10000 });
    try { live.prepare('VACUUM INTO ?').run(copy); } finally { live.close(); }
  }
  const database = new DatabaseSync(copy);
  try {
    // One file that stands by itself: no side files appear when it is opened.
    database.exec('PRAGMA journal_mode = DELETE');
    const damage = database.prepare('PRAGMA integrity_check(3)').all().map((row) => String(row.integrity_check)).join('; ');
    if (damage !== 'ok') throw new Error(damage);
    const count = (table) => Number(database.prepare('SELECT count(*) AS n FROM ' + table).get().n);
    const schema = Number(database.prepare('SELECT max(number) AS n FROM schema_migrations').get().n);
    parentPort.postMessage({ schema, counts: Object.fromEntries(counted.map((table) => [table, count(table)])) });
  } finally { database.close(); }
} catch (error) { parentPort.postMessage({ failure: error.message, code: error.errcode ?? 0 }); }
`;

interface Failure {
  readonly failure: string;
  readonly code: number;
}

const full = 13;

/** @throws {JobTriggerError} `database_damaged` with what is wrong, `no_space` */
async function work(data: { readonly source: string | null; readonly copy: string }): Promise<CopyFacts> {
  const answer = await new Promise<CopyFacts | Failure>((resolve, reject) => {
    const thread = new Worker(program, { eval: true, workerData: { ...data, counted } });
    thread.once('message', resolve).once('error', reject);
  });
  if (!('failure' in answer)) return answer;
  if ((answer.code & 0xff) === full) throw new JobTriggerError('no_space', 'There is no space left for the copy.');
  throw new JobTriggerError('database_damaged', `The database cannot be copied whole: ${answer.failure}`);
}

/** Copies the file at `source` as it is at one instant, and checks every page of the copy. The target must not exist. */
export function copySqlite(source: string, copy: string): Promise<CopyFacts> {
  return work({ source, copy });
}

/** Checks every page of a file that nobody has open, and counts. */
export function checkSqlite(copy: string): Promise<CopyFacts> {
  return work({ source: null, copy });
}
