// One step of the nightly chain, named by its first argument: dump, compress, check or prune. Each takes from its
// predecessor's result which file it is about; prune is passed it as a parameter. The files lie in BACKUP_DIR; KEEP of
// the newest stay there.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

const { JTP_ARTIFACTS_DIR: artifacts, JTP_RESULT_FILE: resultFile, JTP_UPSTREAM_FILE: upstreamFile } = process.env;
const { BACKUP_DIR: folder, KEEP, JTP_ATTEMPT: attempt, JTP_RUN_ID: run } = process.env;

/** What the step before came to. */
async function before(name) {
  const upstream = JSON.parse(await readFile(upstreamFile, 'utf8'));
  return upstream[name].result;
}

async function sumOf(...streams) {
  const hash = createHash('sha256');
  await pipeline(...streams, hash);
  return hash.digest('hex');
}

async function* statements(client) {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const { rows: tables } = await client.query(
    "SELECT format('%I', tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename",
  );
  for (const { name } of tables) {
    const { rows } = await client.query(`SELECT row_to_json(t)::text AS row FROM ${name} t ORDER BY 1`);
    for (const { row } of rows)
      yield `INSERT INTO ${name} SELECT * FROM json_populate_record(NULL::${name}, ${client.escapeLiteral(row)});\n`;
  }
  await client.query('COMMIT');
}

const steps = {
  async dump() {
    const { default: pg } = await import(process.env.PG_LIBRARY);
    const client = new pg.Client({ connectionString: process.env.DUMP_URL });
    await mkdir(folder, { recursive: true });
    await client.connect();
    const file = join(folder, `${run}.sql`);
    await pipeline(Readable.from(statements(client)), createWriteStream(file));
    await client.end();
    return { file, sha256: await sumOf(createReadStream(file)) };
  },
  async compress() {
    const dump = await before('chain-dump');
    const file = `${dump.file}.gz`;
    await pipeline(createReadStream(dump.file), createGzip(), createWriteStream(file));
    await rm(dump.file);
    return { file, plain_sha256: dump.sha256, sha256: await sumOf(createReadStream(file)) };
  },
  async check() {
    const pressed = await before('chain-compress');
    if (attempt === '1') throw new Error('the store of the backups does not answer');
    const plain = await sumOf(createReadStream(pressed.file), createGunzip());
    if (plain !== pressed.plain_sha256) throw new Error(`${pressed.file} does not hold what was dumped`);
    await copyFile(pressed.file, join(artifacts, 'shop.sql.gz'));
    await writeFile(join(artifacts, 'shop.sql.gz.sha256'), `${pressed.sha256}  shop.sql.gz\n`);
    return pressed;
  },
  async prune() {
    const checked = basename(process.env.JTP_PARAM_FILE);
    // The id of a run begins with its time: by name is by age.
    const found = (await readdir(folder)).toSorted();
    if (!found.includes(checked)) throw new Error(`${checked} is gone`);
    const gone = found.slice(0, Math.max(0, found.length - Number(KEEP)));
    for (const name of gone) await rm(join(folder, name));
    return { kept: found.length - gone.length, removed: gone };
  },
};

await writeFile(resultFile, JSON.stringify(await steps[process.argv[2]]()));
