/** A worker that a test kills: starts one spawner with one family of processes, and waits. */
import { join } from 'node:path';
import { systemClock } from '../system/clock.ts';
import { silentLogger } from '../system/logger.ts';
import { Spawner } from './client.ts';

const [folder = '', pidFile = ''] = process.argv.slice(2);
const spawner = await Spawner.start({
  journalPath: join(folder, 'killed', 'journal.jsonl'),
  log: silentLogger,
  clock: systemClock(),
  hostEnv: process.env,
});
const family = `trap '' TERM; echo $$ >>${pidFile}; sleep 100 & echo $! >>${pidFile}; setsid sh -c 'echo $$ >>${pidFile}; exec sleep 100' & wait`;
spawner.run({
  runId: 'orphan',
  attempt: 1,
  fence: 1,
  argv: ['/bin/sh', '-c', family],
  env: { PATH: process.env['PATH'] ?? '', JTP_RUN_ID: 'orphan' },
  cwd: folder,
  log: join(folder, 'orphan', '1.log'),
  outputLimitBytes: 1_000_000,
  timeoutMs: null,
  killGraceMs: 60_000,
  leashMs: null,
});
