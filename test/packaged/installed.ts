import { execFile, type ExecFileException } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const packages = ['core', 'contract', 'portal', 'dashboard', 'cli'];

/** Variables of the npm that runs the tests; a nested one would take them for its own. */
function environment(home: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_(?!config_(cache|registry|userconfig)$)|NODE_(?!EXTRA_CA_CERTS)|VITEST|JOB_PORTAL_)/i.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    npm_config_cache: process.env['npm_config_cache'] ?? join(process.env['HOME'] ?? home, '.npm'),
    // Where packages come from is this machine's business, not the project's.
    npm_config_userconfig: process.env['npm_config_userconfig'] ?? join(process.env['HOME'] ?? home, '.npmrc'),
  };
}

interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. A status other than 0 is an answer, not an error. */
export function ask(file: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Answer> {
  return new Promise((answer) => {
    execFile(file, args, { cwd, env, maxBuffer: 16 << 20 }, (error: ExecFileException | null, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      answer({ status, stdout, stderr: stderr === '' && error !== null ? error.message : stderr });
    });
  });
}

async function must(file: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { status, stdout, stderr } = await ask(file, args, cwd, env);
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

export interface InstalledPackages {
  /** The folder with `node_modules` and nothing of the project. */
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
  /** Paths inside the tarball, by package. */
  readonly contents: Readonly<Record<string, readonly string[]>>;
}

/**
 * Builds and packs every package, and installs the tarballs together in an empty folder as a user's npm would.
 * The libraries they need come from the registry.
 */
export async function installPacked(folder: string): Promise<InstalledPackages> {
  const env = environment(join(folder, 'home'));
  const [tarballs, path] = [join(folder, 'tarballs'), join(folder, 'app')];
  for (const name of [join(folder, 'home'), tarballs, path]) mkdirSync(name, { recursive: true });
  const bin = join(root, 'node_modules/.bin');
  await must(join(bin, 'tsc'), ['-b'], root, env);
  await must(join(bin, 'vite'), ['build', '--logLevel', 'error'], join(root, 'packages/dashboard'), env);
  const workspaces = packages.flatMap((name) => ['--workspace', `packages/${name}`]);
  const packed = JSON.parse(
    await must('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', tarballs, ...workspaces], root, env),
  ) as unknown;
  const list = (Array.isArray(packed) ? packed : Object.values(packed as object)) as readonly {
    name: string;
    filename: string;
    files: readonly { path: string }[];
  }[];
  writeFileSync(join(path, 'package.json'), '{ "name": "somebody", "private": true }\n');
  const files = list.map(({ filename }) => join(tarballs, filename));
  await must(
    'npm',
    ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', ...files],
    path,
    env,
  );
  return {
    path,
    env: { ...env, PATH: `${join(path, 'node_modules/.bin')}:${dirname(process.execPath)}:${env['PATH'] ?? ''}` },
    contents: Object.fromEntries(list.map(({ name, files: inside }) => [name, inside.map((file) => file.path)])),
  };
}
