/** A listening portal over a fresh database of either kind, with an administrator signed in. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createClient, type Client } from 'job-trigger-contract';
import {
  createEngine,
  createOperations,
  loadConfig,
  type Ballast,
  openStore,
  realSystem,
  ScriptLook,
  type Clock,
  type Config,
  type FunctionRegistry,
  type Person,
  type Role,
  type Operations,
  type Store,
  type WorkerSpawner,
} from 'job-trigger-core';
import { factories } from 'job-trigger-core/testing';
import { freshDir, freshPostgres } from '../../../test/setup/databases.ts';
import type { ServedRoute } from './access/access-control.ts';
import { issueSetupToken } from './access/set-up.ts';
import { signIn as signInAs } from './access/sign-ins.ts';
import { createPortal } from './portal.ts';

/** Functions need no process of their own, and starting one takes half a second. */
const noSpawner: WorkerSpawner = {
  run: () => {
    throw new Error('No process is a subject of this test.');
  },
  renewed: () => undefined,
  stop: () => Promise.resolve(),
  exited: new Promise(() => undefined),
  pid: 0,
  containment: 'pgid',
};

export interface TestPortal {
  readonly base: string;
  readonly token: string;
  readonly client: Client;
  readonly store: Store;
  readonly operations: Operations;
  readonly folder: string;
  readonly scriptsDir: string;
  readonly databaseUrl: string;
  /** With the administrator's token. */
  raw(path: string, init?: RequestInit): Promise<Response>;
  readonly served: readonly ServedRoute[];
  /** Somebody new of this role, signed in. */
  someone(role: Role): Promise<{ readonly person: Person; readonly token: string; readonly client: Client }>;
  /** The administrator with a new session. */
  signIn(): Promise<Client>;
  /** Plans what is due, and carries out what waits, in a process that comes and goes. */
  work(functions: FunctionRegistry): Promise<void>;
  close(): Promise<void>;
}

function lookIn({ values }: Config, rules: ConstructorParameters<typeof ScriptLook>[1]): ScriptLook | undefined {
  return values.requireScriptApproval ? new ScriptLook(values.scriptsDir, rules, values.scriptApprovals) : undefined;
}

const editingIn = ({ values: { allowScriptEditing, scriptsShared } }: Config) =>
  allowScriptEditing ? { host: hostname(), isShared: scriptsShared } : undefined;

export async function startTestPortal(
  database: 'SQLite' | 'PostgreSQL',
  postgresUrl: string,
  pages: string | null = null,
  ballast: Ballast | null = null,
  clock: Clock | null = null,
  env: Readonly<Record<string, string>> = {},
): Promise<TestPortal> {
  const folder = freshDir();
  const config = loadConfig({
    file: null,
    env: { JOB_PORTAL_RATE_PER_MINUTE: '0', JOB_PORTAL_DATA_DIR: folder.path, ...env },
    flags: {},
    cwd: folder.path,
    readFile: () => '',
  });
  const { scriptsDir } = config.values;
  mkdirSync(scriptsDir);
  writeFileSync(join(scriptsDir, 'hello.sh'), 'echo hello\n');
  const fresh = database === 'PostgreSQL' ? await freshPostgres(postgresUrl) : null;
  const system = clock === null ? realSystem() : realSystem({ clock });
  const databaseUrl = fresh?.url ?? config.values.databaseUrl;
  const store = await openStore({ url: databaseUrl, system, migrate: true, databaseFollowsClock: clock !== null });
  const scriptRules = { allowedExtensions: config.values.allowedExtensions, maxBytes: config.values.scriptMaxBytes };
  const look = lookIn(config, scriptRules);
  const operations = createOperations({
    store,
    system,
    dataDir: folder.path,
    scriptsDir,
    defaultTimezone: 'UTC',
    allowCommand: false,
    outgoingAllow: [],
    scriptRules,
    look,
    scriptEditing: editingIn(config),
    retryDefaults: config.values.engine.retry,
    breaker: config.values.engine.breaker,
    quotas: config.values.quotas,
  });
  const portal = await createPortal({
    operations,
    store,
    system,
    config,
    timezone: 'UTC',
    version: '0.0.0-test',
    pages,
    ballast,
  });
  const base = await portal.listen({ host: '127.0.0.1', port: 0 });
  const clientWith = (headers: Readonly<Record<string, string>>): Client =>
    createClient((request) =>
      fetch(`${base}${request.path}`, {
        method: request.method,
        headers: { ...headers, ...request.headers },
        ...(request.body === undefined ? {} : { body: request.body }),
      }),
    );
  const setupToken = (await issueSetupToken({ store, system })) ?? '';
  const person = { email: 'mei@example.org', name: 'Mei', password: 'correct horse battery', timezone: 'UTC' };
  const { access_token: token } = await clientWith({}).setup({ body: { ...person, token: setupToken } });
  const authorization = `Bearer ${token}`;
  const signIn = async (): Promise<Client> => {
    const { email, password } = person;
    const { access_token: fresh } = await clientWith({}).login({ body: { email, password } });
    return clientWith({ authorization: `Bearer ${fresh}` });
  };
  return {
    base,
    token,
    client: clientWith({ authorization }),
    store,
    operations,
    folder: folder.path,
    scriptsDir,
    databaseUrl,
    served: portal.served,
    async someone(role) {
      const someone = factories.person({ role, createdAt: await store.now() });
      await store.people.insert(someone);
      const from = { userAgent: null, address: null };
      const { secret } = await signInAs({ store, system }, someone, from, {
        personId: null,
        name: 'nobody',
        via: 'api',
      });
      return { person: someone, token: secret, client: clientWith({ authorization: `Bearer ${secret}` }) };
    },
    signIn,
    raw: (path, init = {}) =>
      fetch(`${base}${path}`, { ...init, headers: { authorization, ...(init.headers as Record<string, string>) } }),
    async work(functions) {
      const engine = await createEngine({
        store,
        system,
        config,
        roles: { scheduler: true, worker: true },
        name: 'test',
        version: '0.0.0-test',
        hostEnv: {},
        functions,
        startSpawner: () => Promise.resolve(noSpawner),
      });
      await engine.once();
      await engine.stop();
    },
    async close() {
      await portal.close();
      await store.close();
      await fresh?.drop();
      folder.remove();
    },
  };
}
