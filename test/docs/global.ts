import type { TestProject } from 'vitest/node';
import { startPostgres } from '../setup/postgres.ts';

/** One PostgreSQL for the pages that ask for it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres();
  project.provide('postgresUrl', server.url);
  return () => server.stop();
}
