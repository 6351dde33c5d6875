import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

let made = 0;

/** A database of its own on the run's server. `drop` also ends its connections. */
export async function freshPostgres(serverUrl: string): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const name = `t_${process.pid}_${(made += 1)}_${performance.timeOrigin.toString(36).replace('.', '')}`;
  const command = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: serverUrl });
    client.on('error', () => undefined);
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  await command(`CREATE DATABASE "${name}"`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => command(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`) };
}

/** A folder of its own; `remove` takes it away with everything in it, also while a process that ends writes its last there. */
export function freshDir(name = 'jtp-test'): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 10 }) };
}
