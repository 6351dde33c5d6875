import type { TestProject } from 'vitest/node';
import { ensurePages } from '../../scripts/built.mjs';
import { findChromium } from '../setup/browser.ts';
import { programOfTheseSources } from '../setup/program.ts';

/** The browser is found and unpacked, and program and pages are built, once for all files. */
export async function setup(project: TestProject): Promise<void> {
  const [chromium, pages] = await Promise.all([findChromium(process.env), ensurePages(), programOfTheseSources()]);
  if (!pages) throw new Error('The pages could not be built from the sources; see above.');
  project.provide('chromiumPath', chromium);
}
