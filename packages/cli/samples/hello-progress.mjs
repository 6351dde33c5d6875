#!/usr/bin/env node
// Shows what a job can tell while it works: coloured output, a bar, a result.
//   args: [SECONDS]     6 when absent; the parameter NAME says whom to greet
import { appendFileSync, writeFileSync } from 'node:fs';
import { setTimeout as rest } from 'node:timers/promises';

const seconds = Number(process.argv[2] ?? 6);
const name = process.env.JTP_PARAM_NAME ?? 'the world';
const steps = 12;
const colour = (code, text) => `\u001b[${code}m${text}\u001b[0m`;
if (!(seconds >= 0)) {
  console.error(`SECONDS must be a number, not '${process.argv[2]}'.`);
  process.exit(2);
}

console.log(`${colour(1, `Hello, ${name}.`)} This run shows what a job can tell while it works.`);
for (let step = 1; step <= steps; step += 1) {
  await rest((seconds * 1000) / steps);
  // One JSON object a line; the last one counts, and the page draws it as a bar.
  const progress = { fraction: step / steps, message: `step ${step} of ${steps}` };
  if (process.env.JTP_PROGRESS_FILE) appendFileSync(process.env.JTP_PROGRESS_FILE, `${JSON.stringify(progress)}\n`);
  console.log(`${colour(36, `step ${String(step).padStart(2)}`)} ${colour(90, '─'.repeat(step))}`);
}
console.error(colour(33, 'A remark on standard error is no failure.'));
// What stands here is the run's result: shown on its page, and there for other programs.
if (process.env.JTP_RESULT_FILE) writeFileSync(process.env.JTP_RESULT_FILE, JSON.stringify({ greeted: name, steps }));
console.log(colour(32, '✓ Done.'));
