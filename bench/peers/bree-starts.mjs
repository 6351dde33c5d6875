// Bree, at its defaults: each run of a job is a new worker thread of the file it names. argv: JSON; answers JSON.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import Bree from 'bree';

const { count, atOnce, source } = JSON.parse(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), 'bree-'));
writeFileSync(join(folder, 'job.mjs'), source);
const silent = { info() {}, warn() {}, error() {}, debug() {}, trace() {}, log() {} };
const delay = monitorEventLoopDelay({ resolution: 1 });
const tookMs = [];
let made = 0;
const done = Promise.withResolvers();
const begunAt = new Map();
// A job runs once at a time under its name, so that each slot is a job of its own.
const jobs = Array.from({ length: atOnce }, (_, slot) => ({ name: `job-${slot}`, path: join(folder, 'job.mjs') }));
const bree = new Bree({ root: false, logger: silent, jobs, outputWorkerMetadata: false });
await bree.init?.();
bree.on('worker deleted', (name) => {
  tookMs.push(performance.now() - begunAt.get(name));
  if (tookMs.length === count) done.resolve();
  else void next(name);
});

async function next(name) {
  if (made === count) return;
  made += 1;
  begunAt.set(name, performance.now());
  await bree.run(name);
}

delay.enable();
const begun = performance.now();
for (const { name } of jobs) void next(name);
await done.promise;
const perSecond = (count / (performance.now() - begun)) * 1000;
rmSync(folder, { recursive: true, force: true });
process.stdout.write(
  JSON.stringify({ perSecond, tookMs, stallMs: delay.max / 1e6, memoryMb: process.memoryUsage.rss() / 2 ** 20 }),
  () => process.exit(0),
);
