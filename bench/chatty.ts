/** A job that says a gigabyte: what portal and spawner hold meanwhile, and how soon the portal answers. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { startBuiltPortal, type BenchPortal } from './portal.ts';
import { childrenOf, residentBytes } from './process-cost.ts';
import type { Scenario } from './scenario.ts';

const rounds = 5;
const megabyte = 2 ** 20;
const everyMs = 20;

const script = `
const text = ('x'.repeat(99) + '\\n').repeat(5000);
for (let left = 2000; left > 0; left -= 1)
  if (!process.stdout.write(text)) await new Promise((go) => process.stdout.once('drain', go));
`;

interface Sample {
  readonly portalMb: readonly number[];
  readonly spawnerMb: readonly number[];
  readonly answersMs: readonly number[];
}

/** Asks for the jobs again and again while `busy` says so. */
async function watch(portal: BenchPortal, spawner: number, busy: () => Promise<boolean>): Promise<Sample> {
  const [portalMb, spawnerMb, answersMs]: [number[], number[], number[]] = [[], [], []];
  for (let sample = 0; sample % 10 !== 0 || (await busy()); sample += 1) {
    const from = performance.now();
    await portal.client.listJobs({ query: { limit: 50 } });
    answersMs.push(performance.now() - from);
    portalMb.push(residentBytes(portal.pid) / megabyte);
    spawnerMb.push(residentBytes(spawner) / megabyte);
    await rest(everyMs);
  }
  return { portalMb, spawnerMb, answersMs };
}

export const chatty: Scenario = {
  name: 'chatty',
  about:
    'While a script writes 1 GB: resident memory of portal and of spawner, and GET /api/jobs beside it, 10 MB kept.',
  async run(say) {
    const portal = await startBuiltPortal({
      prepare: (dataDir) => {
        mkdirSync(join(dataDir, 'scripts'), { recursive: true });
        writeFileSync(join(dataDir, 'scripts', 'chatty.mjs'), script);
        return Promise.resolve();
      },
    });
    try {
      const [spawner] = childrenOf(portal.pid);
      if (spawner === undefined) throw new Error('The portal has no spawner.');
      const body = { name: 'chatty', type: 'script', config: { script: 'chatty.mjs' } } as const;
      const job = await portal.client.createJob({ body });
      const [quiet, loud]: [Sample[], Sample[]] = [[], []];
      const took: number[][] = [];
      for (let round = 0; round <= rounds; round += 1) {
        say(round === 0 ? 'warm-up' : `round ${round} of ${rounds}`);
        const calmUntil = performance.now() + 2000;
        const calm = await watch(portal, spawner, () => Promise.resolve(performance.now() < calmUntil));
        const from = performance.now();
        const { run_id: id } = await portal.client.runJob({ params: { id: job.id }, body: {} });
        const noisy = await watch(portal, spawner, async () => {
          const { state, ended_at: endedAt } = await portal.client.getRun({ params: { id } });
          if (endedAt !== null && state !== 'succeeded') throw new Error(`The run is ${state}.`);
          return endedAt === null;
        });
        if (round === 0) continue;
        took.push([performance.now() - from]);
        quiet.push(calm);
        loud.push(noisy);
      }
      return [
        {
          name: 'portal meanwhile, resident',
          unit: 'MB',
          rounds: loud.map(({ portalMb }) => portalMb),
          limits: [{ of: 'max', below: 150 }],
        },
        { name: 'control: portal before, resident', unit: 'MB', rounds: quiet.map(({ portalMb }) => portalMb) },
        {
          name: 'spawner meanwhile, resident',
          unit: 'MB',
          rounds: loud.map(({ spawnerMb }) => spawnerMb),
          limits: [{ of: 'max', below: 150 }],
        },
        {
          name: 'GET /api/jobs meanwhile',
          unit: 'ms',
          rounds: loud.map(({ answersMs }) => answersMs),
          limits: [{ of: 'p99', below: 50 }],
        },
        { name: 'control: the same while nothing runs', unit: 'ms', rounds: quiet.map(({ answersMs }) => answersMs) },
        { name: 'the run, from its request to its end', unit: 'ms', rounds: took },
      ];
    } finally {
      await portal.stop();
    }
  },
};
