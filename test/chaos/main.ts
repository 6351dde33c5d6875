/**
 * Breaks a running installation on purpose and asks three witnesses whether every promise held.
 *
 *     npm run chaos -- --seed 7 --seconds 45 --db both --jobs 30 --out chaos-results
 *     npm run chaos -- --seed 1 --rounds 20 --seconds 120 --strict
 *
 *     npm run chaos -- --again chaos-results/sqlite-7.json
 *
 * `--seconds` is the length of a round on one database, a third of it without faults, at most 40 s. Round after round counts the
 * seed up. Ends with 1 when a check failed; bounds of time only warn unless `--strict`, as another program may have had the
 * processor. `--again` judges histories that were kept, and strikes nothing.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { judge, type Verdict } from './checks.ts';
import { figuresOf, tableOf, type Figures } from './figures.ts';
import type { History } from './history.ts';
import { closeOnSignals, openInstallation } from './installation.ts';
import { playRound } from './round.ts';
import { drawTimeline } from './timeline.ts';

type Database = History['database'];

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    rounds: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '45' },
    db: { type: 'string', default: 'both' },
    jobs: { type: 'string', default: '30' },
    out: { type: 'string', default: 'chaos-results' },
    strict: { type: 'boolean', default: false },
    again: { type: 'string', multiple: true, default: [] },
  },
});

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  process.stderr.write(`--${name}: '${text}' is no whole number from ${least} on.\n`);
  process.exit(2);
}

const seed = whole('seed', values.seed ?? String(Date.now() % 1_000_000), 0);
const rounds = whole('rounds', values.rounds, 1);
const seconds = whole('seconds', values.seconds, 15);
const jobs = whole('jobs', values.jobs, 1);
const databases = { sqlite: ['sqlite'], postgres: ['postgres'], both: ['sqlite', 'postgres'] } as const;
const chosen = databases[values.db as keyof typeof databases] as readonly Database[] | undefined;
if (chosen === undefined) {
  process.stderr.write(`--db: '${values.db}' is none of sqlite, postgres, both.\n`);
  process.exit(2);
}
const out = resolve(values.out);
mkdirSync(out, { recursive: true });

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** @returns whether every check held that has to */
function report(history: History, verdicts: readonly Verdict[], figures: Figures): boolean {
  const path = join(out, `${history.database}-${history.seed}`);
  writeFileSync(`${path}.html`, drawTimeline(history, verdicts));
  writeFileSync(`${path}.json`, JSON.stringify(history));
  for (const verdict of verdicts) {
    const { number, name, faults } = verdict;
    const word = faults.length === 0 ? 'holds' : fails(verdict) ? 'FAILS' : 'warns';
    say(`  ${word}  (${number}) ${name}${faults.length === 0 ? '' : `: ${faults.length}`}`);
    for (const fault of faults.slice(0, 10)) say(`           ${fault}`);
  }
  const failed = verdicts.filter(fails).length;
  say(
    `chaos on ${history.database}, seed ${history.seed}: ${verdicts.length - failed} checks hold, ${failed} failed; ` +
      `${history.ledger.length} ledger entries, ${figures.runs} runs, ${figures.starts} starts, ${history.faults.length} faults, ` +
      `${figures.lost} attempts lost (${figures.lostUnderFault} under a fault), ${figures.triggers} triggers. ${path}.html`,
  );
  return failed === 0;
}

const fails = ({ faults, isBound }: Verdict): boolean => faults.length > 0 && (values.strict || !isBound);

async function play(database: Database, number: number): Promise<Figures & { readonly held: boolean }> {
  say(`chaos on ${database}, seed ${number}, ${seconds} s`);
  const installation = await openInstallation(database);
  const keepLogs = (): void =>
    cpSync(join(installation.folder, 'logs'), join(out, `${database}-${number}-logs`), { recursive: true });
  try {
    const quietMs = Math.min(40_000, Math.round((seconds * 1000) / 3));
    const faultsMs = seconds * 1000 - quietMs;
    const tell = (text: string): void => say(`  ${text}`);
    const history = await playRound(installation, { seed: number, jobs, faultsMs, quietMs, say: tell });
    const verdicts = judge(history);
    const figures = figuresOf(history, verdicts);
    const held = report(history, verdicts, figures);
    if (!held) keepLogs();
    return { ...figures, held };
  } catch (error) {
    keepLogs();
    throw error;
  } finally {
    await installation.close();
  }
}

function judgeAgain(path: string): Figures & { readonly held: boolean } {
  const history = JSON.parse(readFileSync(path, 'utf8')) as History;
  const verdicts = judge(history);
  const figures = figuresOf(history, verdicts);
  return { ...figures, held: report(history, verdicts, figures) };
}

closeOnSignals();
const all: (Figures & { readonly held: boolean })[] = values.again.map(judgeAgain);
for (let round = 0; values.again.length === 0 && round < rounds; round += 1)
  for (const database of chosen) {
    all.push(await play(database, seed + round));
    writeFileSync(join(out, 'figures.json'), JSON.stringify(all, null, 2));
  }
if (all.length > 1)
  for (const database of new Set(all.map((figures) => figures.database)))
    say(`\n${database}\n\n${tableOf(all.filter((figures) => figures.database === database))}`);
process.exitCode = all.every(({ held }) => held) ? 0 : 1;
