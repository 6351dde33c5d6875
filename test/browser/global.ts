import type { TestProject } from 'vitest/node';
import { findChromium } from '../setup/browser.ts';
import { programOfTheseSources } from '../setup/program.ts';

/** The browser is found and unpacked, and the program built, once for all files. */
export async function setup(project: TestProject): Promise<void> {
  const [chromium] = await Promise.all([findChromium(process.env), programOfTheseSources()]);
  project.provide('chromiumPath', chromium);
}
