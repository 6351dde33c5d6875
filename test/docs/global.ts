import type { TestProject } from 'vitest/node';
import { startPostgres } from '../setup/postgres.ts';
import { programOfTheseSources } from '../setup/program.ts';

/** One PostgreSQL for the pages that ask for it, and the program that `npm start` runs in the copies of the clone. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [server] = await Promise.all([startPostgres(), programOfTheseSources()]);
  project.provide('postgresUrl', server.url);
  return () => server.stop();
}
