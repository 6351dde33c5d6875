#!/usr/bin/env node
// A slow job with a bar: goes through six shards and reports how far it is.
//   args: [SECONDS]     150 when absent
import { appendFileSync, writeFileSync } from 'node:fs';
import { setTimeout as rest } from 'node:timers/promises';

const seconds = Number(process.argv[2] ?? 150);
const shards = 6;
const steps = 10;
const began = performance.now();
const report = (fraction, message) => {
  if (process.env.JTP_PROGRESS_FILE)
    appendFileSync(process.env.JTP_PROGRESS_FILE, `${JSON.stringify({ fraction, message })}\n`);
};
console.log('Reading the catalogue');
for (let shard = 1; shard <= shards; shard += 1) {
  for (let step = 0; step < steps; step += 1) {
    report(((shard - 1) * steps + step) / (shards * steps), `shard ${shard} of ${shards}`);
    await rest((seconds * 1000) / (shards * steps));
  }
  console.log(`shard ${shard} of ${shards}`);
}
report(1, 'done');
console.log(`Index is live after ${((performance.now() - began) / 1000).toFixed(1)} s`);
if (process.env.JTP_RESULT_FILE) writeFileSync(process.env.JTP_RESULT_FILE, JSON.stringify({ titles: 12_406 }));
