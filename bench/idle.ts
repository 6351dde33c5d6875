/** An installation that has nothing to do for a while: what it holds and what it burns. */
import { setTimeout as rest } from 'node:timers/promises';
import { startBuiltPortal } from './portal.ts';
import { childrenOf, cpuSeconds, residentBytes } from './process-cost.ts';
import type { Measure, Scenario } from './scenario.ts';
import { notSoon, seed } from './seed.ts';

const rounds = 3;
const warmUpMs = 20_000;
const windowMs = 60_000;
/** As `ps`, `top` and the kernel count. Pages that both processes share are counted twice. */
const megabyte = 2 ** 20;

interface Sample {
  readonly portalMb: number;
  readonly spawnerMb: number;
  readonly cpuPercent: number;
  readonly startMs: number;
}

/** Each round is a fresh process: what it holds depends on how its start went. */
async function oneRound(): Promise<Sample> {
  const begun = { at: 0 };
  const portal = await startBuiltPortal({
    prepare: async (dataDir) => {
      await seed(dataDir, { jobs: 500, runs: 0, days: 0, schedule: notSoon });
      begun.at = performance.now();
    },
  });
  const startMs = performance.now() - begun.at;
  try {
    await portal.client.overview({});
    await portal.client.listJobs({ query: { limit: 50 } });
    await rest(warmUpMs);
    const [spawner] = childrenOf(portal.pid);
    if (spawner === undefined) throw new Error('The portal has no spawner.');
    const burnt = (): number => cpuSeconds(portal.pid) + cpuSeconds(spawner);
    const [from, before] = [performance.now(), burnt()];
    await rest(windowMs);
    const seconds = (performance.now() - from) / 1000;
    return {
      portalMb: residentBytes(portal.pid) / megabyte,
      spawnerMb: residentBytes(spawner) / megabyte,
      cpuPercent: ((burnt() - before) / seconds) * 100,
      startMs,
    };
  } finally {
    await portal.stop();
  }
}

export const idle: Scenario = {
  name: 'idle',
  about:
    'Memory and processor of portal and spawner together, 500 scheduled jobs, nothing due, after a sign-in and two reads.',
  async run(say) {
    const samples: Sample[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      say(`round ${round} of ${rounds}: ${(warmUpMs + windowMs) / 1000} s`);
      samples.push(await oneRound());
    }
    const each = (pick: (sample: Sample) => number): Measure['rounds'] => samples.map((sample) => [pick(sample)]);
    return [
      {
        name: 'portal and spawner, resident',
        unit: 'MB',
        rounds: each(({ portalMb, spawnerMb }) => portalMb + spawnerMb),
        limits: [{ of: 'max', below: 150 }],
      },
      { name: 'portal', unit: 'MB', rounds: each(({ portalMb }) => portalMb) },
      { name: 'spawner', unit: 'MB', rounds: each(({ spawnerMb }) => spawnerMb) },
      {
        name: 'processor, of one core',
        unit: '%',
        rounds: each(({ cpuPercent }) => cpuPercent),
        limits: [{ of: 'max', below: 0.5 }],
      },
      {
        name: 'start to the first answer to a sign-in',
        unit: 'ms',
        rounds: each(({ startMs }) => startMs),
        limits: [{ of: 'max', below: 3000 }],
      },
    ];
  },
};
