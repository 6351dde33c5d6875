/**
 * The rules of structure that the linter cannot say: which room may import which, where time and chance come in, how
 * long a file may be. `node scripts/structure.ts [ROOT]` prints each violation and ends with 1 when there is one.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

export interface Violation {
  readonly file: string;
  readonly rule: string;
}

/** Rooms of core, and the rooms each may import. Composition roots at the top may import all of them. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  model: ['errors'],
  system: ['model', 'errors'],
  schedule: ['model', 'errors'],
  policy: ['schedule', 'model', 'errors'],
  store: ['schedule', 'model', 'system', 'errors'],
  flow: ['policy', 'schedule', 'store', 'model', 'errors'],
  secrets: ['model', 'system', 'errors'],
  spawner: ['secrets', 'model', 'system', 'errors'],
  config: ['schedule', 'model', 'errors'],
  artifacts: ['model', 'errors'],
  handlers: ['artifacts', 'secrets', 'spawner', 'model', 'system', 'errors'],
  'job-types': ['handlers', 'spawner', 'schedule', 'model', 'system', 'errors'],
  channels: ['handlers', 'secrets', 'model', 'system', 'errors'],
  operations: [
    'config',
    'flow',
    'policy',
    'schedule',
    'store',
    'handlers',
    'job-types',
    'channels',
    'artifacts',
    'secrets',
    'spawner',
    'model',
    'system',
    'errors',
  ],
  engine: [
    'config',
    'flow',
    'policy',
    'schedule',
    'store',
    'handlers',
    'job-types',
    'spawner',
    'channels',
    'artifacts',
    'secrets',
    'model',
    'system',
    'errors',
  ],
  testing: [
    'flow',
    'store',
    'schedule',
    'policy',
    'engine',
    'operations',
    'handlers',
    'spawner',
    'model',
    'system',
    'errors',
  ],
};

/** Packages, and the packages each may import. */
const packages: Readonly<Record<string, readonly string[]>> = {
  core: [],
  contract: ['job-trigger-core'],
  portal: ['job-trigger-core', 'job-trigger-contract'],
  dashboard: ['job-trigger-contract'],
  cli: ['job-trigger-core', 'job-trigger-contract', 'job-trigger-server'],
};

const imported =
  /(?:^|[;\n])\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g;

function importsOf(text: string): string[] {
  return [...text.matchAll(imported)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' || entry.name === 'dist' ? [] : filesBelow(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** Tests, and the programs that only tests start (`test-*.ts`). */
const isTest = (path: string): boolean => /\.test\.tsx?$|[\\/]test-[a-z-]+\.ts$/.test(path);

/** The room of a file of core: its first folder, or its own name. */
function roomOf(path: string): string {
  const first = path.split(sep)[0] ?? '';
  return first.replace(/\.ts$/, '');
}

function checkRooms(root: string, path: string, text: string): Violation[] {
  const source = join(root, 'packages/core/src');
  if (!path.startsWith(source + sep) || isTest(path)) return [];
  const room = roomOf(relative(source, path));
  const allowed = rooms[room];
  if (allowed === undefined) return [];
  return importsOf(text)
    .filter((target) => target.startsWith('.'))
    .map((target) => roomOf(relative(source, resolve(dirname(path), target))))
    .filter((target) => target !== room && !allowed.includes(target))
    .map((target) => ({ file: path, rule: `core's ${room} must not import ${target}` }));
}

function checkPackages(root: string, path: string, text: string): Violation[] {
  const [, name] = /^packages\/([^/]+)\/src\//.exec(relative(root, path).split(sep).join('/')) ?? [];
  const allowed = name === undefined ? undefined : packages[name];
  if (allowed === undefined || isTest(path)) return [];
  return importsOf(text)
    .filter((target) => target.startsWith('job-trigger-'))
    .map((target) => target.split('/')[0] ?? target)
    .filter((target) => !allowed.includes(target))
    .map((target) => ({ file: path, rule: `package ${name} must not import ${target}` }));
}

/** What core may say only in `system/`: reading the clock, waiting, chance. */
const impure: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b/, 'Date.now'],
  [/\bnew Date\(\s*\)/, 'new Date()'],
  [/\b(?:setTimeout|setInterval|setImmediate)\b/, 'timers'],
  [/\bMath\.random\b/, 'Math.random'],
  [/\brandomUUID\b/, 'randomUUID'],
];

function checkPurity(root: string, path: string, text: string): Violation[] {
  const core = join(root, 'packages/core/src');
  const exempt = [join(core, 'system'), join(core, 'testing')];
  if (!path.startsWith(core + sep) || isTest(path) || exempt.some((folder) => path.startsWith(folder + sep))) return [];
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const found = impure
    .filter(([pattern]) => pattern.test(code))
    .map(([, name]) => ({ file: path, rule: `${name} belongs to core's system/` }));
  return /\bprocess\.env\b/.test(code)
    ? [...found, { file: path, rule: 'the environment is read by the programs only' }]
    : found;
}

/** A change that an operation makes is audited: `audited` is the only way to a transaction there. */
function checkAudited(root: string, path: string, text: string): Violation[] {
  const operations = join(root, 'packages/core/src/operations');
  if (!path.startsWith(operations + sep) || isTest(path) || path === join(operations, 'audited.ts')) return [];
  return /\bstore\.transaction\(/.test(text)
    ? [{ file: path, rule: 'operations change things through audited() and say what they did' }]
    : [];
}

function checkSize(path: string, text: string): Violation[] {
  return Buffer.byteLength(text) > 20 * 1024 ? [{ file: path, rule: 'longer than 20 KB: split it' }] : [];
}

/** Every violation below a root, by file. */
export function checkStructure(root: string): Violation[] {
  const files = ['core', 'contract', 'portal', 'dashboard', 'cli'].flatMap((name) =>
    filesBelow(join(root, 'packages', name, 'src')),
  );
  return files.flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    return [checkRooms, checkPackages, checkPurity, checkAudited]
      .flatMap((check) => check(root, path, text))
      .concat(checkSize(path, text))
      .map((violation) => ({ ...violation, file: relative(root, violation.file) }));
  });
}

if (import.meta.main) {
  const violations = checkStructure(resolve(process.argv[2] ?? '.'));
  for (const { file, rule } of violations) process.stdout.write(`${file}: ${rule}\n`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
