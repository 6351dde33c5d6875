import { resolve } from 'node:path';
import { ensurePrograms } from '../../scripts/built.mjs';

/**
 * What Node runs as `jtp`: the program that `npm start` runs too. A process of it starts in less than half the time of one
 * that reads the sources.
 */
export const program: string = resolve(import.meta.dirname, '../../packages/cli/built/main.js');

/** Before the first test of a run: builds it where it is not of these very sources. */
export async function programOfTheseSources(): Promise<void> {
  if (!(await ensurePrograms())) throw new Error('The program could not be built from the sources; see above.');
}
