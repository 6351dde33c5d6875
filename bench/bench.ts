/**
 * `npm run bench -- NAME… [--rounds N] [--count N] [--full] [--only PART,…]`: runs scenarios one after the other; all of
 * them without a name. Status 1 when a limit is missed.
 */
import { chatty } from './chatty.ts';
import { crowd } from './crowd.ts';
import { idle } from './idle.ts';
import { longLog } from './long-log.ts';
import { thisMachine } from './machine.ts';
import { asked } from './options.ts';
import { overview } from './overview.ts';
import { keep, misses, tableOf } from './report.ts';
import { runNow } from './run-now.ts';
import { scriptStarts } from './s7-script-starts.ts';
import { warmJavascript } from './s8-warm-javascript.ts';
import { s1 } from './s1-drain-postgres.ts';
import { s2 } from './s2-drain-sqlite.ts';
import { s3 } from './s3-latency.ts';
import { s4 } from './s4-punctual.ts';
import { s5 } from './s5-one-second.ts';
import { s6 } from './s6-producers.ts';
import { s9 } from './s9-held-snapshot.ts';
import { s10 } from './s10-rest.ts';
import { s11 } from './s11-killed.ts';
import { s12 } from './s12-history.ts';
import { floors } from './floors.ts';
import { s13 } from './s13-limits.ts';
import { s14 } from './s14-more-workers.ts';
import { s15 } from './s15-shared-file.ts';
import { s16 } from './s16-steady.ts';
import type { Scenario } from './scenario.ts';
import { yearBehind } from './year-behind.ts';

const scenarios: readonly Scenario[] = [
  chatty,
  crowd,
  floors,
  idle,
  longLog,
  overview,
  runNow,
  yearBehind,
  s1,
  s2,
  s3,
  s4,
  s5,
  s6,
  scriptStarts,
  warmJavascript,
  s9,
  s10,
  s11,
  s12,
  s13,
  s14,
  s15,
  s16,
];
const { names, options } = asked(process.argv.slice(2));
const unknown = names.filter((name) => !scenarios.some((scenario) => scenario.name === name));
if (unknown.length > 0) {
  process.stderr.write(`No scenario is named ${unknown.join(', ')}. There are:\n`);
  for (const { name, about } of scenarios) process.stderr.write(`  ${name.padEnd(12)} ${about}\n`);
  process.exit(2);
}

for (const scenario of scenarios) {
  if (names.length > 0 && !names.includes(scenario.name)) continue;
  const machine = thisMachine();
  process.stdout.write(`\n${scenario.name}: ${scenario.about}\n`);
  const notes: string[] = [];
  const say = (text: string): void => void process.stderr.write(`  ${text}\n`);
  const note = (text: string): void => {
    if (!notes.includes(text)) notes.push(text);
  };
  const wrong = (text: string): void => {
    note(`WRONG: ${text}`);
    process.exitCode = 1;
  };
  const measures = await scenario.run(say, { options, say, note, wrong });
  if (measures.some(misses)) process.exitCode = 1;
  const { cpu, cores, memoryGb, system, node, sqlite, commit, load } = machine;
  process.stdout.write(
    `${tableOf(measures)}\n${notes.map((text) => `${text}\n`).join('')}${cores} × ${cpu}, ${memoryGb} GB, ${system}; Node ${node}, SQLite ${sqlite}; commit ${commit}; load ${load}\n` +
      `samples: ${keep(scenario, machine, { measures, notes, options })}\n`,
  );
}
