// A plain loop of child_process.spawn: what a scheduler written in Node does by itself. argv: JSON, see below; answers JSON.
import { spawn } from 'node:child_process';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const { count, atOnce, argv, memoryMb } = JSON.parse(process.argv[2]);
const missing = Math.max(0, memoryMb * 2 ** 20 - process.memoryUsage.rss());
const weight = Buffer.alloc(memoryMb === 0 ? 0 : missing, 1);
const delay = monitorEventLoopDelay({ resolution: 1 });
const tookMs = [];
let made = 0;
let bytes = 0;
const done = Promise.withResolvers();
delay.enable();
const begun = performance.now();

function next() {
  if (made === count) return;
  made += 1;
  const at = performance.now();
  // With its output read, as a scheduler has to.
  const child = spawn(argv[0], argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (bytes += chunk.length));
  child.on('close', (code) => {
    if (code !== 0) done.reject(new Error(`exit ${code}`));
    tookMs.push(performance.now() - at);
    if (tookMs.length === count) done.resolve();
    else next();
  });
}

for (let each = 0; each < atOnce; each += 1) next();
await done.promise;
const perSecond = (count / (performance.now() - begun)) * 1000;
const memory = (weight.length >= 0 ? process.memoryUsage.rss() : 0) / 2 ** 20;
process.stdout.write(JSON.stringify({ perSecond, tookMs, stallMs: delay.max / 1e6, memoryMb: memory }));
