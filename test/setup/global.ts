import type { TestProject } from 'vitest/node';
import { findChromium } from './browser.ts';
import { startPostgres } from './postgres.ts';
import { programOfTheseSources } from './program.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the server's first database; a test makes its own beside it. */
    postgresUrl: string;
    /** The browser's program; empty where there is none, and then each test that needs one fails and says so. */
    chromiumPath: string;
  }
}

/** One PostgreSQL, one unpacked browser and one built program for all test files of a run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [server, chromium] = await Promise.all([
    startPostgres(),
    findChromium(process.env).catch(() => ''),
    programOfTheseSources(),
  ]);
  project.provide('postgresUrl', server.url);
  project.provide('chromiumPath', chromium);
  return () => server.stop();
}
