/**
 * Breaks a running installation on purpose and asks three witnesses whether every promise held.
 *
 *     npm run chaos -- --seed 7 --seconds 45 --db both --jobs 30 --out chaos-results
 *
 * `--seconds` is the length of a round on one database, a third of it without faults. Ends with 1 when a check failed.
 */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { judge, type Verdict } from './checks.ts';
import { lossesIn } from './checks/starts.ts';
import type { History } from './history.ts';
import { openInstallation } from './installation.ts';
import { playRound } from './round.ts';
import { drawTimeline } from './timeline.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seconds: { type: 'string', default: '45' },
    db: { type: 'string', default: 'both' },
    jobs: { type: 'string', default: '30' },
    out: { type: 'string', default: 'chaos-results' },
  },
});

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  process.stderr.write(`--${name}: '${text}' is no whole number from ${least} on.\n`);
  process.exit(2);
}

const seed = whole('seed', values.seed ?? String(Date.now() % 1_000_000), 0);
const seconds = whole('seconds', values.seconds, 15);
const jobs = whole('jobs', values.jobs, 1);
const databases = { sqlite: ['sqlite'], postgres: ['postgres'], both: ['sqlite', 'postgres'] } as const;
const chosen = databases[values.db as keyof typeof databases] as readonly ('sqlite' | 'postgres')[] | undefined;
if (chosen === undefined) {
  process.stderr.write(`--db: '${values.db}' is none of sqlite, postgres, both.\n`);
  process.exit(2);
}
const out = resolve(values.out);
mkdirSync(out, { recursive: true });

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function report(history: History, verdicts: readonly Verdict[]): boolean {
  const path = join(out, `${history.database}-${history.seed}`);
  writeFileSync(`${path}.html`, drawTimeline(history, verdicts));
  writeFileSync(`${path}.json`, JSON.stringify(history));
  for (const { number, name, faults } of verdicts) {
    say(
      `  ${faults.length === 0 ? 'holds' : 'FAILS'}  (${number}) ${name}${faults.length === 0 ? '' : `: ${faults.length}`}`,
    );
    for (const fault of faults.slice(0, 10)) say(`           ${fault}`);
  }
  const failed = verdicts.filter(({ faults }) => faults.length > 0).length;
  const { lost, explained } = lossesIn(history);
  const starts = history.told.filter(({ kind }) => kind === 'start').length;
  say(
    `chaos on ${history.database}, seed ${history.seed}: ${verdicts.length - failed} checks hold, ${failed} failed; ` +
      `${history.ledger.length} ledger entries, ${history.runs.length} runs, ${starts} starts, ${history.faults.length} faults, ` +
      `${lost} attempts lost (${explained} under a fault), ${history.triggers.length} triggers. ${path}.html`,
  );
  return failed === 0;
}

let good = true;
for (const database of chosen) {
  say(`chaos on ${database}, seed ${seed}, ${seconds} s`);
  const installation = await openInstallation(database);
  try {
    const faultsMs = Math.round((seconds * 1000 * 2) / 3);
    const quietMs = seconds * 1000 - faultsMs;
    const history = await playRound(installation, { seed, jobs, faultsMs, quietMs, say: (text) => say(`  ${text}`) });
    const held = report(history, judge(history));
    if (!held) cpSync(join(installation.folder, 'logs'), join(out, `${database}-${seed}-logs`), { recursive: true });
    good &&= held;
  } catch (error) {
    cpSync(join(installation.folder, 'logs'), join(out, `${database}-${seed}-logs`), { recursive: true });
    throw error;
  } finally {
    await installation.close();
  }
}
process.exitCode = good ? 0 : 1;
