/** What an installation carries, by the lockfile (npm, package-lock.json, lockfileVersion 3). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Locked {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const file = join(import.meta.dirname, '../../package-lock.json');
/** By its place below the root of the project. */
export const locked = (
  JSON.parse(readFileSync(file, 'utf8')) as { readonly packages: Readonly<Record<string, Locked>> }
).packages;

/** Where a package finds another: beside its own packages, else further up. */
function placeOf(name: string, from: string): string | null {
  for (let at = from; ;) {
    const place = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    const found = locked[place];
    if (found !== undefined) return found.link === true ? (found.resolved ?? place) : place;
    if (at === '') return null;
    at = at.includes('/') ? at.slice(0, at.lastIndexOf('/')) : '';
  }
}

/** Only there to build the pages; everything else that they ask for is built into them. */
const builds = /^(?:@types\/|@vitejs\/|vite$)/;

function askedBy(place: string, withPages: boolean): readonly string[] {
  const { dependencies = {}, optionalDependencies = {}, devDependencies = {} } = locked[place] ?? {};
  const built =
    withPages && place === 'packages/dashboard'
      ? Object.keys(devDependencies).filter((name) => !builds.test(name))
      : [];
  return [...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...built];
}

const forPlatforms = /-(?:android|darwin|freebsd|linux|win32|wasm32)-/;

/**
 * Places of everything that one of our packages loads, directly or not, and of what is built into its pages. Left out are
 * our own, and what npm fetches for one kind of machine only.
 */
export function carriedBy(own: string, { withPages = true } = {}): readonly string[] {
  const seen = new Set([own]);
  for (const place of seen)
    for (const name of askedBy(place, withPages)) {
      const found = placeOf(name, place);
      if (found !== null) seen.add(found);
    }
  return [...seen].filter((place) => place.includes('node_modules/') && !forPlatforms.test(place)).toSorted();
}

export const nameOf = (place: string): string =>
  place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
