/** `npm run bench:page`: one page of charts from the results that lie in `bench/results`, scenarios S1 to S16. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from './kept.ts';
import { pageOf } from './page-text.ts';

const results = join(import.meta.dirname, 'results');
const target = process.argv[2] ?? join(import.meta.dirname, '../docs/explanation/performance-charts.html');

const number = (name: string): number => Number(/^S(\d+)\.json$/.exec(name)?.[1]);
const files = existsSync(results) ? readdirSync(results).filter((name) => number(name) > 0) : [];
if (files.length === 0) {
  process.stderr.write('There are no results of S1 to S16. Run npm run bench -- S1 … first.\n');
  process.exit(2);
}
const read = (name: string): Result => JSON.parse(readFileSync(join(results, name), 'utf8')) as Result;
const found = files.sort((a, b) => number(a) - number(b)).map(read);
writeFileSync(target, pageOf(found));
process.stdout.write(`${target}: ${found.map(({ scenario }) => scenario).join(', ')}\n`);
