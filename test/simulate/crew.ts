/** One thread of a long run: plays the seeds it is handed and tells what came of them. */
import { parentPort } from 'node:worker_threads';
import { Database } from './database.ts';
import { play } from './play.ts';

const port = parentPort;
if (port === null) throw new Error('This is started by main.ts.');
const database = await Database.open();

port.on('message', (seeds: readonly number[]) => {
  void (async () => {
    const all = [];
    for (const seed of seeds) all.push(await play(database, seed));
    port.postMessage(all);
  })();
});
