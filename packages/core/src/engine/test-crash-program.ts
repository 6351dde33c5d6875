/** A worker that a test starts in order to kill it: `node test-crash-program.ts URL FOLDER [CALL]`. It hangs before CALL; on SIGUSR2 its heap grows until it dies. */
import { faultyStore } from './test-faults.ts';
import { realEngine } from './test-real-engine.ts';

const [url = '', folder = '', call = 'nothing'] = process.argv.slice(2);
const { engine } = await realEngine({ url, folder }, (store) => faultyStore(store, call, 'die_before').store);
await engine.start();
process.on('SIGUSR2', () => {
  const hoard: string[][] = [];
  for (;;) hoard.push(Array.from({ length: 10_000 }, (_, at) => `${hoard.length} ${at}`));
});
