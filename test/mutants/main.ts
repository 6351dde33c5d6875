/**
 * Spoils a copy of the sources in one place after the other, and asks what notices.
 *
 *     npm run mutants [-- --only 3,5] [--seeds 600]
 *
 * Ends with 1 when a mutant survived, or when it took longer than ten minutes to be noticed.
 */
import { parseArgs } from 'node:util';
import { CopiedSources } from './copied-sources.ts';
import { mutants, type Mutant } from './mutants.ts';
import { ask, test } from './provers.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' }, seeds: { type: 'string', default: '600' } },
});

/** All that proves may take so long for one mutant. */
const patienceMs = 10 * 60_000;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

interface Caught {
  readonly by: string;
  /** The test or the seed that failed. */
  readonly with: string;
}

const sources = new CopiedSources();
const { folder } = sources;
const { seeds } = values;

async function firstToNotice({ provers }: Mutant, unfit: ReadonlySet<string>): Promise<Caught | null> {
  const untilMs = performance.now() + patienceMs;
  for (const prover of provers) {
    const [first] = await ask(prover, { folder, seeds, untilMs, unfit });
    if (first !== undefined) return { by: prover, with: first };
  }
  return null;
}

/** What fails on sound sources. */
async function unfitTests(): Promise<ReadonlySet<string>> {
  const untilMs = performance.now() + patienceMs;
  const options = { folder, seeds, untilMs, unfit: new Set<string>() };
  const [seed] = await ask('simulation', options);
  if (seed !== undefined) throw new Error(`The simulation fails without any mutant: ${seed}`);
  const files = new Set(chosen.flatMap(({ provers }) => provers.filter((prover) => prover !== 'simulation')));
  const failed = files.size === 0 ? [] : await test([...files], options);
  for (const name of failed) say(`fails without any mutant, and does not count: ${name}`);
  return new Set(failed);
}

const only = values.only?.split(',').map(Number);
const chosen = mutants.filter((_, index) => only?.includes(index + 1) ?? true);
let survived = 0;
try {
  const unfit = await unfitTests();
  for (const mutant of chosen) {
    const began = performance.now();
    const caught = await sources.with(mutant, () => firstToNotice(mutant, unfit));
    if (caught === null) survived += 1;
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    say(`${caught === null ? 'SURVIVED' : `caught by ${caught.by}`} in ${seconds} s: ${mutant.name}`);
    if (caught !== null) say(`  ${caught.with}`);
  }
} finally {
  sources.remove();
}
say(`${chosen.length - survived} of ${chosen.length} caught`);
process.exitCode = survived === 0 ? 0 : 1;
