/** How long a person who presses "Run now" waits for the first instruction of the script. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { SmallStarter, stampScript, takeStamp } from './first-instruction.ts';
import { startBuiltPortal } from './portal.ts';
import type { Scenario } from './scenario.ts';
import { wallClock } from './wall-clock.ts';

const rounds = 5;
const perRound = 60;
const warmUp = 15;
/** Between two requests, so that each finds an idle portal; uneven, so that none falls into step with a timer. */
const betweenMs = (sample: number): number => 120 + ((sample * 37) % 80);

export const runNow: Scenario = {
  name: 'run-now',
  about:
    'From before the request POST /api/jobs/{id}/run to the first instruction of its bash script, portal idle before each.',
  async run(say) {
    const stamp = { path: '' };
    const portal = await startBuiltPortal({
      prepare: async (dataDir) => {
        mkdirSync(join(dataDir, 'scripts'), { recursive: true });
        writeFileSync(join(dataDir, 'scripts', 'stamp.sh'), stampScript);
        stamp.path = join(dataDir, 'run.stamp');
        return Promise.resolve();
      },
    });
    const control = new SmallStarter(portal.dataDir);
    try {
      const job = await portal.client.createJob({
        body: {
          name: 'stamp',
          type: 'script',
          config: { script: 'stamp.sh', env: { BENCH_STAMP: stamp.path } },
          overlap: 'allow',
          max_concurrent: null,
        },
      });
      const ours: number[][] = [];
      const theirs: number[][] = [];
      for (let round = 0; round <= rounds; round += 1) {
        say(round === 0 ? 'warm-up' : `round ${round} of ${rounds}`);
        const now = wallClock();
        const [mine, its]: [number[], number[]] = [[], []];
        for (let sample = 0; sample < (round === 0 ? warmUp : perRound); sample += 1) {
          const asked = now();
          await portal.client.runJob({ params: { id: job.id }, body: {} });
          mine.push((await takeStamp(stamp.path)) - asked);
          await rest(betweenMs(sample));
          const told = now();
          its.push((await control.start()) - told);
          await rest(betweenMs(sample + 1) / 4);
        }
        if (round > 0) {
          ours.push(mine);
          theirs.push(its);
        }
      }
      return [
        {
          name: 'request to first instruction',
          unit: 'ms',
          rounds: ours,
          limits: [
            { of: 'p50', below: 50 },
            { of: 'p99', below: 200 },
          ],
        },
        { name: 'control: a shell starts the same script', unit: 'ms', rounds: theirs },
      ];
    } finally {
      control.stop();
      await portal.stop();
    }
  },
};
