/** `npm run bench -- NAME…`: runs scenarios one after the other; all of them without a name. Status 1 when a limit is missed. */
import { chatty } from './chatty.ts';
import { crowd } from './crowd.ts';
import { idle } from './idle.ts';
import { longLog } from './long-log.ts';
import { thisMachine } from './machine.ts';
import { overview } from './overview.ts';
import { holds, keep, tableOf } from './report.ts';
import { runNow } from './run-now.ts';
import { scriptStarts } from './s7-script-starts.ts';
import { warmJavascript } from './s8-warm-javascript.ts';
import type { Scenario } from './scenario.ts';
import { yearBehind } from './year-behind.ts';

const scenarios: readonly Scenario[] = [
  chatty,
  crowd,
  idle,
  longLog,
  overview,
  runNow,
  yearBehind,
  scriptStarts,
  warmJavascript,
];
const names = process.argv.slice(2);
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
  const measures = await scenario.run((text) => process.stderr.write(`  ${text}\n`));
  const missed = measures.some((measure) => (measure.limits ?? []).some((limit) => !holds(measure, limit)));
  if (missed) process.exitCode = 1;
  const { cpu, cores, memoryGb, system, node, sqlite, commit, load } = machine;
  process.stdout.write(
    `${tableOf(measures)}\n${cores} × ${cpu}, ${memoryGb} GB, ${system}; Node ${node}, SQLite ${sqlite}; commit ${commit}; load ${load}\n` +
      `samples: ${keep(scenario, machine, measures)}\n`,
  );
}
