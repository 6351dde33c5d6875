#!/usr/bin/env node
// Compares two lists item by item, with a pause for the other side, and reports how far it is.
//   args: NAME ITEMS SECONDS
import { appendFileSync, writeFileSync } from 'node:fs';
import { setTimeout as rest } from 'node:timers/promises';

const [name = 'things', many = '10', time = '5'] = process.argv.slice(2);
const items = Number(many);
const began = performance.now();
let changed = 0;
console.log(`${name}: ${items} items to compare`);
for (let item = 1; item <= items; item += 1) {
  if (Math.random() < 0.1) changed += 1;
  if (process.env.JTP_PROGRESS_FILE) {
    const progress = { fraction: item / items, message: `item ${item} of ${items}` };
    appendFileSync(process.env.JTP_PROGRESS_FILE, `${JSON.stringify(progress)}\n`);
  }
  await rest((Number(time) * 1000) / items);
}
console.log(`${name}: ${changed} changed`);
console.log(`${name}: in step after ${((performance.now() - began) / 1000).toFixed(1)} s`);
if (process.env.JTP_RESULT_FILE) writeFileSync(process.env.JTP_RESULT_FILE, JSON.stringify({ compared: items }));
