import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium as launcher, type Browser, type Page } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

const noBrowser =
  'No Chromium was found. Three ways to have one: set CHROMIUM_PATH to the program; put chromium, chromium-browser, ' +
  'google-chrome or chrome on PATH; or, on Linux x64, install the development packages (npm ci), of which ' +
  '@sparticuz/chromium brings one.';

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function onPath(path: string): string | undefined {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(executable);
}

/** The one that comes as a package; it unpacks itself once into the temporary folder. */
async function fromPackage(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const { default: packed } = await import('@sparticuz/chromium');
  return packed.executablePath();
}

/**
 * The browser of the tests: `CHROMIUM_PATH`, else one on PATH, else the package's.
 *
 * @throws Error with the three ways to have one. Nothing is ever skipped for want of a browser.
 */
export async function findChromium(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const named = env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new Error(`CHROMIUM_PATH names ${named}, which does not exist.`);
  }
  const found = onPath(env['PATH'] ?? '') ?? (await fromPackage());
  if (found === undefined) throw new Error(noBrowser);
  return found;
}

/** A browser with its protections on: content policy, origins and cookies work as a person's. */
export function openBrowser(executablePath: string): Promise<Browser> {
  if (executablePath === '') throw new Error(noBrowser);
  return launcher.launch({ executablePath, args: ['--no-sandbox'] });
}

/** Everything a page complains about from now on: errors of scripts, of the console, of the content policy. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return complaints;
}
