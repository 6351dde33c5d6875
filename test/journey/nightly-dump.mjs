// Dumps every table of a PostgreSQL database as SQL, presses it, checks what was pressed, and leaves it as an artifact.
// The database is named by DUMP_URL, the client library by PG_LIBRARY.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

const { default: pg } = await import(process.env.PG_LIBRARY);
const { JTP_ARTIFACTS_DIR: folder, JTP_PROGRESS_FILE: progressFile, JTP_RESULT_FILE: resultFile } = process.env;
const client = new pg.Client({ connectionString: process.env.DUMP_URL });
const tell = (progress) => appendFile(progressFile, `${JSON.stringify(progress)}\n`);

let rows = 0;
async function* statements() {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const { rows: tables } = await client.query(
    "SELECT format('%I', tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
  );
  for (const [at, { name }] of tables.entries()) {
    await tell({ phase: 'dump', percent: Math.round((80 * at) / tables.length), message: name, items: { rows } });
    const found = await client.query(`SELECT row_to_json(t)::text AS row FROM ${name} t ORDER BY 1`);
    for (const { row } of found.rows) {
      rows += 1;
      const value = client.escapeLiteral(row);
      yield `INSERT INTO ${name} SELECT * FROM json_populate_record(NULL::${name}, ${value});\n`;
    }
  }
  await client.query('COMMIT');
}

await client.connect();
const file = join(folder, 'shop.sql.gz');
await pipeline(Readable.from(statements()), createGzip(), createWriteStream(file));
await client.end();

await tell({ phase: 'check', percent: 90, items: { rows } });
let lines = 0;
for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()) }))
  if (line !== '') lines += 1;
if (lines !== rows) throw new Error(`The dump has ${lines} statements for ${rows} rows.`);
const hash = createHash('sha256');
for await (const piece of createReadStream(file)) hash.update(piece);
const sha256 = hash.digest('hex');
await writeFile(join(folder, 'shop.sql.gz.sha256'), `${sha256}  shop.sql.gz\n`);
await writeFile(resultFile, JSON.stringify({ sha256, items: { rows } }));
await tell({ phase: 'done', percent: 100, message: 'checked', items: { rows } });
console.log(`${rows} rows, ${sha256}`);
