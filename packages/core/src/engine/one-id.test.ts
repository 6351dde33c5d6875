import { expect, test } from 'vitest';
import { toUuid } from '../model/id.ts';
import type { Logger } from '../system/logger.ts';
import { benchOf } from './test-bench.ts';

const bench = benchOf(null);

test('one id stands in every line that tells of a run: planned, claimed, started, ended (R-096)', async () => {
  const lines: string[] = [];
  const loggerWith = (fields: object): Logger => {
    const line = (message: string, more: object = {}): void =>
      void lines.push(JSON.stringify({ message, ...fields, ...more }));
    return { debug: line, info: line, warn: line, error: line, child: (more) => loggerWith({ ...fields, ...more }) };
  };
  const system = { ...bench().system, log: loggerWith({}) };
  const { job } = await bench().job({}, [
    { kind: 'interval', every: 60, unit: 'seconds', start: bench().clock.wall(), timezone: 'UTC' },
  ]);
  bench().clock.advance(60_000);
  await bench().scheduler({ system }).tick();
  const { worker, stage } = await bench().worker({ system });
  void worker.tick();
  (await bench().until(() => stage.acts[0])).end();
  await bench().done(worker.idle());
  const [run] = await bench().runs(job.id);
  if (run === undefined) throw new Error('nothing was planned');
  const told = lines.filter((line) => line.includes(`"run":"${toUuid(run)}"`));
  expect(told.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual([
    'run planned',
    'run claimed',
    'attempt starting',
    'attempt ended',
  ]);
});
