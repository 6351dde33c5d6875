import type { TestProject } from 'vitest/node';
import { findChromium } from '../setup/browser.ts';

/** The browser is found, and unpacked, once for all files. */
export async function setup(project: TestProject): Promise<void> {
  project.provide('chromiumPath', await findChromium(process.env));
}
