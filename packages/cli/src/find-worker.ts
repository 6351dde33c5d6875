import type { Client, Worker } from 'job-trigger-contract';
import { CommandError, exitStatus } from './exit-status.ts';

/** A worker by its name or its id, also one that is gone. */
export async function findWorker(client: Client, nameOrId: string): Promise<Worker> {
  const { items } = await client.listWorkers({ query: { all: 'true' } });
  const found = items.find(({ id, name }) => name === nameOrId || id === nameOrId);
  if (found !== undefined) return found;
  throw new CommandError(
    exitStatus.notFound,
    `No worker is called '${nameOrId}'.`,
    'List them with: jtp workers ls --all',
  );
}
