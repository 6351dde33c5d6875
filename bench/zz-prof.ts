import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closedLoop } from './open-loop.ts';
import { fillPast } from './past.ts';
import { startBuiltPortal } from './portal.ts';
import { quantile } from './statistics.ts';
const past = { runs: Number(process.env.RUNS ?? 20000), schedules: 1000, backlog: 0, days: 30 };
let facts: any;
const portal = await startBuiltPortal({
  env: {
    JOB_PORTAL_WORKER_MAX_CONCURRENT: '200',
    ...(process.env.PROF ? { NODE_OPTIONS: '--cpu-prof --cpu-prof-dir=/tmp/jtp/prof' } : {}),
  },
  prepare: async (dataDir: string) => {
    mkdirSync(join(dataDir, 'scripts'), { recursive: true });
    writeFileSync(join(dataDir, 'scripts', 'nothing.sh'), 'exit 0\n');
    facts = await fillPast(`sqlite:${join(dataDir, 'portal.db')}`, past, console.log);
  },
});
const jobs: string[] = [];
for (let n = 0; n < 20; n++)
  jobs.push(
    (
      await portal.client.createJob({
        body: {
          name: 'j' + n,
          type: 'script',
          config: { script: 'nothing.sh' },
          overlap: 'allow',
          max_concurrent: null,
        } as any,
      })
    ).id,
  );
const kinds: Record<string, () => Promise<unknown>> = {
  listRuns: () => portal.client.listRuns({ query: { limit: 50 } }),
  listJobs: () => portal.client.listJobs({ query: { limit: 50 } }),
  getJob: () => portal.client.getJob({ params: { id: jobs[0]! } }),
  run: () => portal.client.runJob({ params: { id: jobs[Math.floor(Math.random() * 20)]! }, body: {} }),
};
const show = (name: string, c: number[], s: number) =>
  console.log(
    name.padEnd(10),
    'n',
    c.length,
    'per s',
    (c.length / s).toFixed(0),
    'p50',
    quantile(c, 0.5).toFixed(1),
    'p95',
    quantile(c, 0.95).toFixed(1),
    'max',
    Math.max(...c).toFixed(0),
  );
if (process.env.SIZE) {
  for (const k of ['listRuns', 'listJobs', 'getJob']) console.log(k, JSON.stringify(await kinds[k]!()).length);
  console.log(JSON.stringify(((await kinds.listRuns!()) as any).items[0], null, 1));
  await portal.stop();
  process.exit(0);
}
if (process.env.ONLY) {
  const a = await closedLoop({ count: 1500, producers: 4 }, ({ n }) => kinds[process.env.ONLY!]!());
  show('only', a.calls as number[], a.seconds);
  await portal.stop();
  process.exit(0);
}
for (const [name, f] of Object.entries(kinds)) {
  for (const producers of [1, 50]) {
    const a = await closedLoop({ count: 400, producers }, f);
    show(name + producers, a.calls as number[], a.seconds);
  }
}
const per: Record<string, number[]> = {};
const a = await closedLoop({ count: 2000, producers: 50 }, async ({ n }) => {
  const kind = n % 10 === 9 ? 'run' : n % 10 === 8 ? 'getJob' : n % 2 === 0 ? 'listRuns' : 'listJobs';
  const from = performance.now();
  await kinds[kind]!();
  (per[kind] ??= []).push(performance.now() - from);
});
show('mix', a.calls as number[], a.seconds);
for (const [k, v] of Object.entries(per)) show(k, v, a.seconds);
await portal.stop();
process.exit(0);
