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
  readonly run: () => Promise<StartResult | null>;
}

/** What the ratios are of. */
const floor = 'control: C posix_spawn loop, 2 at once';
const plain = 'Node spawn loop, 50 MB';

type Results = ReadonlyMap<string, readonly StartResult[]>;

/** One sample a round of what some results have and others have not. */
function perRoundOf(results: Results, what: string, of: 'stallMs' | 'cpuMsPerRun'): readonly Measure[] {
  return [...results].flatMap(([name, own]): Measure[] => {
    const found = own.flatMap(({ [of]: value }) => (value === undefined ? [] : [[value]]));
    return found.length === 0 ? [] : [{ name: `${what}, ${name}`, unit: 'ms', rounds: found }];
  });
}

function ratiosOf(results: Results): readonly Measure[] {
  const ours = [...results].filter(([name]) => name.startsWith('ours'));
  return ours.flatMap(([name, own]) =>
    [floor, plain].flatMap((base): Measure[] => {
      const theirs = results.get(base);
      if (theirs === undefined) return [];
      const rounds = own.map(({ perSecond }, round) => [perSecond / (theirs[round]?.perSecond ?? Number.NaN)]);
      return [{ name: `${name} / ${base.replace('control: ', '')}`, unit: 'ratio', rounds }];
    }),
  );
}

function measuresOf(results: Results): readonly Measure[] {
  const timed = [...results].filter(([, own]) => own.some(({ tookMs }) => tookMs.length > 0));
  return [
    ...[...results].map(([name, own]): Measure => ({
      name,
      unit: 'runs/s',
      rounds: own.map(({ perSecond }) => [perSecond]),
    })),
    ...timed.map(([name, own]): Measure => ({
      name: `start to end, ${name}`,
      unit: 'ms',
      rounds: own.map(({ tookMs }) => tookMs),
    })),
    ...perRoundOf(results, 'longest stall', 'stallMs'),
    ...perRoundOf(results, 'worker CPU a run', 'cpuMsPerRun'),
    ...ratiosOf(results),
  ];
}

/** Everybody else: the floor, and what people use instead. */
function others(folder: string, say: (text: string) => void): readonly Contender[] {
  const loop = buildSpawnLoop(folder);
  if (loop === null) say('no C compiler: the posix_spawn loop is left out');
  const few = Math.ceil(perRound / 10);
  const argv = ['/bin/true'];
  const floors = (loop === null ? [] : [1, 2]).map((atOnce) => ({
    name: `control: C posix_spawn loop, ${atOnce} at once`,
    run: async () => spawnLoop(loop ?? '', perRound, atOnce),
  }));
  return [
    ...floors,
    { name: 'control: shell loop', run: async () => shellLoop(perRound, '/bin/true') },
    { name: plain, run: async () => nodeLoop({ count: perRound, atOnce: slots, argv, memoryMb: 50 }) },
    { name: 'Node spawn loop, 500 MB', run: async () => nodeLoop({ count: few, atOnce: slots, argv, memoryMb: 500 }) },
    { name: 'bree', run: async () => breeLoop({ count: few, atOnce: slots, source: breeSource }) },
  ];
}

export const scriptStarts: Scenario = {
  name: 'S7',
  about: `${perRound} runs of /bin/true, from the commit that queues them to the last record; output, exit code and history kept; SQLite, ${slots} slots.`,
  async run(say) {
    const folder = mkdtempSync(join(tmpdir(), 'jtp-bench-'));
    const ours: StartEngine[] = [];
    const engine = async (
      name: string,
      memoryMb: number,
      containment: string,
      what: 'command' | 'script',
    ): Promise<Contender> => {
      const place = join(folder, name.replaceAll(/\W+/g, '-'));
      const started = await StartEngine.start({ folder: place, slots, memoryMb, containment, script });
      ours.push(started);
      return { name, run: async () => started.run({ what, count: perRound }) };
    };
    try {
      const contenders: Contender[] = [...others(folder, say)];
      for (const level of ['pgid', 'auto']) {
        contenders.push(await engine(`ours at ${level}, 50 MB`, 0, level, 'command'));
        contenders.push(await engine(`ours at ${level}, 500 MB`, 500, level, 'command'));
      }
      contenders.push(await engine('ours at pgid, a shell script', 0, 'pgid', 'script'));
      const results = new Map<string, StartResult[]>(contenders.map(({ name }) => [name, []]));
      for (let round = 0; round <= rounds; round += 1) {
        say(round === 0 ? 'warm-up' : `round ${round} of ${rounds}`);
        for (const contender of shuffled(contenders)) {
          const result = await contender.run();
          if (result === null) results.delete(contender.name);
          else if (round > 0) results.get(contender.name)?.push(result);
        }
      }
      return measuresOf(results);
    } finally {
      for (const each of ours) await each.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
