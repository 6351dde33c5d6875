/** What a small piece of JavaScript costs in a process of its own, and in the worker's (`PERFORMANCE.md` S8). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measure, Scenario } from './scenario.ts';
import { breeLoop, nodeLoop, shuffled, StartEngine, type StartResult } from './starts.ts';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
const warm = Number(process.env['BENCH_WARM'] ?? 5000);
/** A process each takes two hundred times as long: the rates are compared, not the sums. */
const cold = Number(process.env['BENCH_COLD'] ?? 60);
const slots = 16;
const source = '[3, 1, 2].toReversed();\n';
const isolated = 'ours isolated: a script, one process each';
const inside = 'ours warm: a function in the worker';
const loop = 'control: node file.mjs in a loop, 2 at once';

export const warmJavascript: Scenario = {
  name: 'S8',
  about: `Small JavaScript handlers, ${warm} warm and ${cold} in a process each, from the commit that queues them to the last record; SQLite, ${slots} slots. A warm one shares the worker's process: nothing isolates it.`,
  async run(say) {
    const folder = mkdtempSync(join(tmpdir(), 'jtp-bench-'));
    const file = join(folder, 'small.mjs');
    writeFileSync(file, source);
    const engine = await StartEngine.start({
      folder: join(folder, 'engine'),
      slots,
      memoryMb: 0,
      containment: 'auto',
      script: { name: 'small.mjs', text: source },
    });
    const contenders: Readonly<Record<string, () => Promise<StartResult | null>>> = {
      [loop]: async () => nodeLoop({ count: cold, atOnce: 2, argv: [process.execPath, file], memoryMb: 50 }),
      bree: async () => breeLoop({ count: cold, atOnce: slots, source }),
      [isolated]: async () => engine.run({ what: 'script', count: cold }),
      [inside]: async () => engine.run({ what: 'function', count: warm }),
    };
    try {
      const results = new Map<string, StartResult[]>(Object.keys(contenders).map((name) => [name, []]));
      for (let round = 0; round <= rounds; round += 1) {
        say(round === 0 ? 'warm-up' : `round ${round} of ${rounds}`);
        for (const [name, run] of shuffled(Object.entries(contenders))) {
          const result = await run();
          if (result === null) results.delete(name);
          else if (round > 0) results.get(name)?.push(result);
        }
      }
      const rates = [...results].map(([name, own]): Measure => ({
        name,
        unit: 'runs/s',
        rounds: own.map(({ perSecond }) => [perSecond]),
      }));
      const took = [...results].map(([name, own]): Measure => ({
        name: `start to end, ${name}`,
        unit: 'ms',
        rounds: own.map(({ tookMs }) => tookMs),
      }));
      const fast = results.get(inside) ?? [];
      const ratios = [loop, 'bree', isolated].flatMap((name): Measure[] => {
        const slow = results.get(name);
        if (slow === undefined) return [];
        const rate = (round: number): number => (fast[round]?.perSecond ?? 0) / (slow[round]?.perSecond ?? Number.NaN);
        return [{ name: `warm / ${name}`, unit: 'ratio', rounds: slow.map((_, round) => [rate(round)]) }];
      });
      return [...rates, ...took, ...ratios];
    } finally {
      await engine.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
