#!/usr/bin/env node
// Keeps twenty small files for good, and tells how long the disk takes for one.
import { closeSync, fsyncSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env.JTP_ARTIFACTS_DIR ?? '.';
const took = [];
for (let nth = 0; nth < 20; nth += 1) {
  const path = join(folder, `probe-${nth}`);
  const began = performance.now();
  const file = openSync(path, 'w');
  writeSync(file, 'x'.repeat(4096));
  fsyncSync(file);
  closeSync(file);
  took.push(performance.now() - began);
  rmSync(path);
}
const median = took.sort((a, b) => a - b)[10];
console.log(`20 files kept, ${median.toFixed(1)} ms at the median`);
if (process.env.JTP_RESULT_FILE)
  writeFileSync(process.env.JTP_RESULT_FILE, JSON.stringify({ median_ms: Math.round(median * 10) / 10 }));
