/** Runs the fences of a page one after the other, as somebody who follows it would: one shell, one folder. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as rest } from 'node:timers/promises';
import { root } from '../structure/pages.ts';
import { cloneInto, commandsOf } from './clone.ts';
import type { Fence } from './fences.ts';

/**
 * Far beyond what any of them needs, a dozen commands of ten seconds each beside all other suites: a loaded machine is
 * slow, and says nothing about the page.
 */
const fenceMs = 240_000;
/** What the pages write, and what stands for it where they are run. */
const writtenPort = '8080';
const writtenDatabase = 'postgres://jtp:secret@127.0.0.1:5432/jtp';

export interface Place {
  /** An empty folder. */
  readonly folder: string;
  /** Of an empty PostgreSQL database; null to stay with SQLite. */
  readonly databaseUrl: string | null;
  /** The page says itself where its database is, so it must not stand in the environment. */
  readonly pageNamesDatabase: boolean;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
    server.on('error', reject);
  });
}

class PageRun {
  readonly #clone: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #place: Place;
  readonly #port: number;
  readonly #shell: ChildProcess;
  readonly #behind: { readonly child: ChildProcess; readonly out: string }[] = [];

  constructor(place: Place, port: number) {
    this.#place = place;
    this.#port = port;
    this.#clone = cloneInto(place.folder);
    const { databaseUrl, pageNamesDatabase } = place;
    this.#env = {
      PATH: [commandsOf(this.#clone, place.folder), join(root, 'node_modules/.bin'), process.env['PATH']].join(':'),
      HOME: place.folder,
      LANG: 'C.UTF-8',
      JTP_SKIP_BOOTSTRAP: '1',
      JOB_PORTAL_PORT: String(port),
      npm_config_update_notifier: 'false',
      ...(databaseUrl === null || pageNamesDatabase ? {} : { JOB_PORTAL_DB_URL: databaseUrl }),
    };
    this.#shell = spawn('sh', [], {
      cwd: this.#clone,
      env: this.#env,
      detached: true,
      stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
    });
  }

  async carryOut(fence: Fence): Promise<void> {
    if (fence.stopFirst) await this.#stopBehind();
    const base = join(this.#place.folder, `fence-${fence.line}`);
    writeFileSync(`${base}.sh`, this.#text(fence));
    if (fence.background === null) await this.#inShell(fence, base);
    else await this.#inBackground(fence.background, base);
    const said = readFileSync(`${base}.out`, 'utf8');
    for (const words of fence.says) if (!said.includes(words)) throw new Error(`did not say "${words}":\n${said}`);
  }

  async end(): Promise<void> {
    await this.#stopBehind();
    await stop(this.#shell);
  }

  #text({ code, given }: Fence): string {
    let text = code
      // The clone is there, and we stand in it.
      .replaceAll(/^git clone <this repository> \S+ && cd \S+$/gm, ':')
      .replaceAll(writtenPort, String(this.#port))
      .replaceAll(writtenDatabase, this.#place.databaseUrl ?? writtenDatabase);
    for (const { word, follows } of given) {
      const said = this.#behind.map(({ out }) => readFileSync(out, 'utf8')).join('\n');
      const value = said.split(follows)[1]?.split(/\s/)[0];
      if (value === undefined) throw new Error(`nothing follows "${follows}" in:\n${said}`);
      text = text.replaceAll(word, value);
    }
    return text;
  }

  /** With `set -e` any command that fails ends the shell, and with it the page. */
  async #inShell({ status }: Fence, base: string): Promise<void> {
    const [input, answers] = [this.#shell.stdin, this.#shell.stdio[3] as Readable];
    const answered = once(answers, 'data').then(([data]: unknown[]) => Number(String(data)));
    const ended = once(this.#shell, 'exit').then(([code]: unknown[]) => Number(code));
    const strict = status === 0 ? 'set -e' : 'set +e';
    input?.write(`${strict}\n{ . '${base}.sh'; } </dev/null >'${base}.out' 2>&1\necho $? >&3\n`);
    const found = await Promise.race([answered, ended, rest(fenceMs, 'too long', { ref: false })]);
    if (found !== status)
      throw new Error(`ended with ${found}, not ${status}:\n${readFileSync(`${base}.out`, 'utf8')}`);
  }

  async #inBackground(until: string, base: string): Promise<void> {
    const out = openSync(`${base}.out`, 'w');
    const child = spawn('sh', ['-e', `${base}.sh`], {
      cwd: this.#clone,
      env: this.#env,
      detached: true,
      stdio: ['ignore', out, out],
    });
    this.#behind.push({ child, out: `${base}.out` });
    for (let waited = 0; waited < fenceMs; waited += 50) {
      if (readFileSync(`${base}.out`, 'utf8').includes(until)) return;
      if (child.exitCode !== null) break;
      await rest(50);
    }
    throw new Error(`never said "${until}":\n${readFileSync(`${base}.out`, 'utf8')}`);
  }

  async #stopBehind(): Promise<void> {
    await Promise.all(this.#behind.splice(0).map(({ child }) => stop(child)));
  }
}

/** Ends a process with the group that it leads: asked first, then not. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (let tries = 0; tries < 200; tries += 1) {
      try {
        process.kill(-child.pid, tries === 0 ? signal : 0);
      } catch {
        return;
      }
      await rest(50);
    }
  }
}

/** @throws when a fence does not do what the page says; the error names its line */
export async function runPage(fences: readonly Fence[], place: Place): Promise<void> {
  const run = new PageRun(place, await freePort());
  try {
    for (const fence of fences) {
      try {
        await run.carryOut(fence);
      } catch (error) {
        throw new Error(`line ${fence.line}: ${fence.code}${(error as Error).message}`, { cause: error });
      }
    }
  } finally {
    await run.end();
  }
}

export function namesDatabase(text: string): boolean {
  return text.includes(writtenDatabase);
}
