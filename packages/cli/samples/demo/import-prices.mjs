#!/usr/bin/env node
// Reads a price list that lies beside this script. The parameter `file` names it: sample.csv is there.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const file = basename(process.env.JTP_PARAM_FILE ?? 'prices.csv');
const currency = process.env.JTP_PARAM_CURRENCY ?? 'EUR';
console.log(`Reading ${file}`);
const path = join(import.meta.dirname, file);
if (!existsSync(path)) {
  console.error(`${file}: file not found`);
  process.exit(1);
}
const [, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
const prices = lines.map((line) => Number(line.split(',').at(-1)));
const wrong = prices.filter((price) => !(price > 0)).length;
if (wrong > 0) {
  console.error(`${wrong} lines hold no price`);
  process.exit(1);
}
console.log(`${prices.length} prices, from ${Math.min(...prices)} to ${Math.max(...prices)} ${currency}`);
if (process.env.JTP_RESULT_FILE) writeFileSync(process.env.JTP_RESULT_FILE, JSON.stringify({ rows: prices.length }));
