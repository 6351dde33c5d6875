import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import type { Job } from '../model/job.ts';
import { succeeded } from '../handlers/handler.ts';
import { benchOf } from './test-bench.ts';
import type { Worker } from './worker.ts';

describe('a lock shared by three jobs', () => {
  const bench = benchOf(() => freshPostgres(inject('postgresUrl')));

  test('never lets two runs live, though fifty start each second on two workers', async () => {
    let living = 0;
    let most = 0;
    let begun = 0;
    const run = async () => {
      most = Math.max(most, (living += 1));
      begun += 1;
      await new Promise((resolve) => setImmediate(resolve));
      living -= 1;
      return succeeded();
    };
    const definition = { type: 'function', config: { name: 'shared' }, overlap: 'allow', maxConcurrent: null } as const;
    const jobs: Job[] = [];
    for (let nth = 0; nth < 3; nth += 1)
      jobs.push((await bench().job({ ...definition, name: `shares ${nth}`, locks: ['ledger'] })).job);
    const handlers = new Map([['function', { type: 'function', run }]]);
    const workers: Worker[] = [];
    for (let nth = 0; nth < 2; nth += 1)
      workers.push((await bench().worker({ store: await bench().another(), handlers })).worker);
    const look = async (worker: Worker): Promise<void> => {
      await bench().done(worker.beat());
      await bench().done(worker.tick());
    };
    const all = 100;
    for (let turn = 0; turn < all; turn += 1) {
      bench().clock.advance(20);
      await bench().runOf(jobs[turn % 3] ?? fail());
      await Promise.all(workers.map(look));
    }
    await bench().until(async () => {
      await Promise.all(workers.map(look));
      return begun === all;
    });
    for (const worker of workers) await bench().done(worker.idle());
    expect([begun, most]).toEqual([all, 1]);
    for (const worker of workers) await worker.stop({ now: true });
  }, 120_000);
});

function fail(): never {
  throw new Error('There are three jobs.');
}
