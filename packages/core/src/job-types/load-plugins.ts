/**
 * Reads the plugins that the configuration names: folders with a `plugin.json`, modules and packages. They are code, and
 * come from nowhere else: no request ever names one.
 *
 * One that cannot be used is told of and left out. The others work, and so does the portal: whoever is called at night
 * finds the page that says what is wrong.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineJobType, type AnyJobType, type JobType } from './job-type.ts';
import { typeOfManifest, type ProgramSearch } from './manifest.ts';
import { checkedType, JobTypes, takenBy, type Plugin } from './registry.ts';

export interface LoadPluginsOptions extends ProgramSearch {
  /** Paths and names of packages, as the setting `plugins` lists them. */
  readonly sources: readonly string[];
  /** What relative paths begin at, and where packages are looked for. */
  readonly cwd: string;
}

/** What a module's default export is called with when it is a function: so that a plugin needs no package of ours. */
export interface PluginHost {
  readonly defineJobType: typeof defineJobType;
}

/** The default export of a plugin's module. */
export type PluginModule =
  | AnyJobType
  | readonly AnyJobType[]
  | ((host: PluginHost) => AnyJobType | readonly AnyJobType[]);

/** Carries one sentence about a plugin. */
class Unusable extends Error {}

const manifestName = 'plugin.json';
const modules = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];
const packageName = /^(?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*$/;

/** Never throws: what cannot be used is in `plugins`, with the reason. */
export async function loadPlugins(options: LoadPluginsOptions): Promise<JobTypes> {
  const types: JobType[] = [];
  const plugins: Plugin[] = [];
  for (const source of options.sources) {
    try {
      const found = await typesOf(source, options);
      for (const type of found) refuseTaken(type, types);
      if (new Set(found.map(({ id }) => id)).size !== found.length) throw new Unusable('two of its types have one id');
      types.push(...found);
      plugins.push({ source, types: found.map(({ id }) => id), problem: null });
    } catch (error) {
      plugins.push({ source, types: [], problem: sentenceOf(error) });
    }
  }
  return new JobTypes(types, plugins);
}

function refuseTaken({ id }: JobType, others: readonly JobType[]): void {
  const other = others.find((type) => type.id === id);
  if (other !== undefined) throw new Unusable(`its id ${id} ${takenBy(other)}`);
}

/** What an error says, on one line: a syntax error brings its place and a stack. */
function sentenceOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s*\n\s*/g, ' ').slice(0, 1000);
}

async function typesOf(source: string, options: LoadPluginsOptions): Promise<readonly JobType[]> {
  const place = placeOf(source, options.cwd);
  if (!statSync(place).isDirectory()) return typesOfFile(place, options);
  if (existsSync(join(place, manifestName))) return typesOfFile(join(place, manifestName), options);
  return typesOfFile(entryOf(place), options);
}

/** Where it lies. A path looks like one; all else is a package. */
function placeOf(source: string, cwd: string): string {
  const path = resolve(cwd, source);
  if (isAbsolute(source) || /^\.{1,2}(?:[\\/]|$)/.test(source) || existsSync(path)) {
    if (existsSync(path)) return path;
    throw new Unusable(`${path} does not exist`);
  }
  if (!packageName.test(source)) throw new Unusable('is neither a path that exists nor the name of a package');
  for (let folder = cwd; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', source);
    if (existsSync(found)) return found;
    if (dirname(folder) === folder) throw new Unusable(`is neither a path nor a package that is installed at ${cwd}`);
  }
}

/** The module that a package or a folder with a `package.json` offers. */
function entryOf(folder: string): string {
  const path = join(folder, 'package.json');
  if (!existsSync(path)) throw new Unusable(`${folder} has neither a ${manifestName} nor a package.json`);
  const { exports, main = 'index.js' } = readJson(path) as { exports?: unknown; main?: string };
  const entry = join(folder, exportOf(exports) ?? main);
  if (!existsSync(entry)) throw new Unusable(`${path} names ${entry}, which does not exist`);
  return entry;
}

function exportOf(exports: unknown): string | null {
  if (typeof exports === 'string') return exports;
  if (typeof exports !== 'object' || exports === null) return null;
  const { '.': whole, import: module, default: other } = exports as Readonly<Record<string, unknown>>;
  return exportOf(whole) ?? exportOf(module) ?? exportOf(other);
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Unusable(`${path} is not JSON: ${(error as Error).message}`);
  }
}

async function typesOfFile(file: string, options: LoadPluginsOptions): Promise<readonly JobType[]> {
  if (extname(file) === '.json') {
    const found = typeOfManifest(readJson(file), dirname(file), options);
    if ('type' in found) return [found.type];
    throw new Unusable(`${file}: ${found.faults.join('; ')}`);
  }
  if (!modules.includes(extname(file)))
    throw new Unusable(`${file} is neither a ${manifestName} nor a module (${modules.join(', ')})`);
  const { default: exported } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { default?: unknown };
  const given: unknown =
    typeof exported === 'function' ? (exported as (host: PluginHost) => unknown)({ defineJobType }) : exported;
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length === 0 || !list.every((one) => typeof one === 'object' && one !== null))
    throw new Unusable(`${file} must export by default a job type, a list of them, or a function that returns them`);
  return list.map((one) => checkedType(one as AnyJobType, file));
}
