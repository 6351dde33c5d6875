/** How many programs a second a worker starts, end to end, and what its event loop pays for it (`PERFORMANCE.md` S7). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measure, Scenario } from './scenario.ts';
import {
  breeLoop,
  buildSpawnLoop,
  nodeLoop,
  shellLoop,
  shuffled,
  spawnLoop,
  StartEngine,
  type StartResult,
} from './starts.ts';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
const perRound = Number(process.env['BENCH_STARTS'] ?? 500);
const slots = 16;
const script = { name: 'true.sh', text: 'exit 0\n' };
const breeSource =
  "import { spawn } from 'node:child_process'; import { once } from 'node:events'; await once(spawn('/bin/true'), 'exit');";

interface Contender {
  readonly name: string;
  /** Null: it cannot be had here. */
  run(round: number): Promise<StartResult | null>;
}

/** What the ratios are of. */
const floor = 'control: C posix_spawn loop, 2 at once';
const plain = 'Node spawn loop, 50 MB';

function measuresOf(results: ReadonlyMap<string, readonly StartResult[]>): readonly Measure[] {
  const measures: Measure[] = [];
  for (const [name, own] of results) {
    measures.push({ name, unit: 'runs/s', rounds: own.map(({ perSecond }) => [perSecond]) });
  }
  for (const [name, own] of results) {
    if (own.some(({ tookMs }) => tookMs.length > 0))
      measures.push({ name: `start to end, ${name}`, unit: 'ms', rounds: own.map(({ tookMs }) => tookMs) });
    if (own.some(({ stallMs }) => stallMs !== undefined))
      measures.push({ name: `longest stall, ${name}`, unit: 'ms', rounds: own.map(({ stallMs = 0 }) => [stallMs]) });
    if (own.some(({ cpuMsPerRun }) => cpuMsPerRun !== undefined))
      measures.push({
        name: `worker CPU a run, ${name}`,
        unit: 'ms',
        rounds: own.map((each) => [each.cpuMsPerRun ?? 0]),
      });
  }
  for (const [name, own] of results) {
    if (!name.startsWith('ours')) continue;
    for (const base of [floor, plain]) {
      const theirs = results.get(base) ?? [];
      if (theirs.length !== own.length) continue;
      measures.push({
        name: `${name} / ${base.replace('control: ', '')}`,
        unit: 'ratio',
        rounds: own.map(({ perSecond }, round) => [perSecond / (theirs[round]?.perSecond ?? Number.NaN)]),
      });
    }
  }
  return measures;
}

export const scriptStarts: Scenario = {
  name: 'S7',
  about: `${perRound} runs of /bin/true, from the commit that queues them to the last record; output, exit code and history kept; SQLite, ${slots} slots.`,
  async run(say) {
    const folder = mkdtempSync(join(tmpdir(), 'jtp-bench-'));
    const loop = buildSpawnLoop(folder);
    if (loop === null) say('no C compiler: the posix_spawn loop is left out');
    const ours: StartEngine[] = [];
    const engine = async (
      name: string,
      memoryMb: number,
      containment: string,
      what: 'command' | 'script' = 'command',
    ): Promise<Contender> => {
      const started = await StartEngine.start({
        folder: join(folder, name.replaceAll(/\W+/g, '-')),
        slots,
        memoryMb,
        containment,
        script,
      });
      ours.push(started);
      return { name, run: async () => started.run({ what, count: perRound }) };
    };
    try {
      const wanted = (process.env['BENCH_LEVELS'] ?? 'pgid,auto').split(',');
      const contenders: Contender[] = [
        ...(loop === null
          ? []
          : [1, 2].map((atOnce) => ({
              name: `control: C posix_spawn loop, ${atOnce} at once`,
              run: async () => spawnLoop(loop, perRound, atOnce),
            }))),
        { name: 'control: shell loop', run: async () => shellLoop(perRound, '/bin/true') },
        {
          name: plain,
          run: async () => nodeLoop({ count: perRound, atOnce: slots, argv: ['/bin/true'], memoryMb: 50 }),
        },
        {
          name: 'Node spawn loop, 500 MB',
          run: async () =>
            nodeLoop({ count: Math.ceil(perRound / 10), atOnce: slots, argv: ['/bin/true'], memoryMb: 500 }),
        },
        {
          name: 'bree',
          run: async () => breeLoop({ count: Math.ceil(perRound / 10), atOnce: slots, source: breeSource }),
        },
      ];
      for (const level of wanted) {
        contenders.push(await engine(`ours at ${level}, 50 MB`, 0, level));
        contenders.push(await engine(`ours at ${level}, 500 MB`, 500, level));
      }
      contenders.push(await engine(`ours at ${wanted[0]}, a shell script`, 0, wanted[0] ?? 'auto', 'script'));
      const results = new Map<string, StartResult[]>(contenders.map(({ name }) => [name, []]));
      for (let round = 0; round <= rounds; round += 1) {
        say(round === 0 ? 'warm-up' : `round ${round} of ${rounds}`);
        for (const { name, run } of shuffled(contenders)) {
          const result = await run(round);
          if (result === null) results.delete(name);
          else if (round > 0) results.get(name)?.push(result);
        }
      }
      return measuresOf(results);
    } finally {
      for (const each of ours) await each.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
