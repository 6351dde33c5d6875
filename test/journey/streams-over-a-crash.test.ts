import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createClient, createFollower, fetchTransport } from 'job-trigger-contract';
import { afterEach, expect, inject, test } from 'vitest';
import { freshDir, freshPostgres } from '../setup/databases.ts';
import { administrator } from '../setup/portal-process.ts';
import { program } from '../setup/program.ts';

/** As many as a portal serves at once. */
const readers = 200;
const lines = 400;
/** Says half of its lines, and the others slowly once `go` is there. */
const scriptOf = (go: string): string => `
for line in $(seq 1 ${lines / 2}); do echo "line $line"; done
until [ -e ${go} ]; do sleep 0.05; done
for line in $(seq ${lines / 2 + 1} ${lines}); do echo "line $line"; sleep 0.02; done
`;

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** Resolves when it has said that it is up. */
async function role(args: readonly string[], env: Record<string, string>, up: RegExp): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, ...args], { env, cwd: env['HOME'] });
  cleanUps.push(() => killed(child));
  const ready = Promise.withResolvers<void>();
  let said = '';
  const hear = (text: string): void => {
    said += text;
    if (up.test(said)) ready.resolve();
  };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', hear);
  child.on('exit', () => ready.reject(new Error(`${args[0]} did not come up: ${said}`)));
  await ready.promise;
  return child;
}

test.each(['SQLite', 'PostgreSQL'])(
  `on %s a portal killed under ${readers} readers of a stream costs none of them a line (F13)`,
  { timeout: 120_000 },
  async (database) => {
    const folder = freshDir('jtp-streams');
    cleanUps.push(() => folder.remove());
    const fresh = database === 'PostgreSQL' ? await freshPostgres(inject('postgresUrl')) : null;
    if (fresh !== null) cleanUps.push(() => fresh.drop());
    const dataDir = join(folder.path, 'data');
    mkdirSync(join(dataDir, 'scripts'), { recursive: true, mode: 0o700 });
    const go = join(folder.path, 'go');
    writeFileSync(join(dataDir, 'scripts', 'lines.sh'), scriptOf(go));
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: folder.path,
      JOB_PORTAL_DATA_DIR: dataDir,
      JOB_PORTAL_BALLAST_MB: '0',
      JOB_PORTAL_RATE_PER_MINUTE: '0',
      JOB_PORTAL_QUOTA_LOG_READERS: String(readers),
      JOB_PORTAL_ADMIN_EMAIL: administrator.email,
      JOB_PORTAL_ADMIN_PASSWORD: administrator.password,
      ...(fresh === null ? {} : { JOB_PORTAL_DB_URL: fresh.url }),
    };
    const port = await freePort();
    const portal = () => role(['portal', '--port', String(port)], env, /Listening on/);
    const first = await portal();
    await role(['worker'], env, /worker registered/);

    const base = `http://127.0.0.1:${port}`;
    const { access_token: token } = await createClient(fetchTransport({ base })).login({ body: administrator });
    const transport = fetchTransport({ base, headers: { authorization: `Bearer ${token}` } });
    const client = createClient(transport);
    const job = await client.createJob({ body: { name: 'lines', type: 'script', config: { script: 'lines.sh' } } });
    const { run_id: id } = await client.runJob({ params: { id: job.id }, body: {} });

    const seen: string[][] = Array.from({ length: readers }, () => []);
    let begun = 0;
    const allBegun = Promise.withResolvers<void>();
    const follow = createFollower(transport);
    const reading = seen.map(async (own) => {
      for await (const { items } of follow({ id })) {
        if (own.length === 0 && (begun += 1) === readers) allBegun.resolve();
        for (const { text, open } of items) if (open !== true) own.push(text);
      }
    });
    await Promise.race([allBegun.promise, Promise.all(reading)]);
    writeFileSync(go, '');
    await killed(first);
    await portal();
    await Promise.all(reading);

    const all = Array.from({ length: lines }, (_, at) => `line ${at + 1}`).join('\n');
    expect(seen.filter((own) => own.join('\n') !== all)).toEqual([]);
    expect((await client.getRun({ params: { id } })).state).toBe('succeeded');
  },
);
