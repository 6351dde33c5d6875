import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { argumentsOf, childrenOf } from './process-table.ts';
import { folder, levelsHere, linux, livingWith, order, output, startSpawner, token } from './test-orders.ts';

/** Only root may start processes as somebody else. */
const isRoot = process.getuid?.() === 0;
const levels = await levelsHere();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const helperOf = (spawner: number): number[] =>
  childrenOf(spawner).filter((pid) => argumentsOf(pid)[0]?.startsWith('jtp-starter'));

/** A search path with everything that a spawner uses, save Perl. */
function pathWithoutPerl(): string {
  const place = join(folder, 'bin');
  mkdirSync(place, { recursive: true });
  for (const name of ['env', 'mkfifo', 'nsenter', 'prlimit', 'setpriv', 'setsid', 'sh', 'sleep', 'true', 'unshare'])
    for (const from of ['/usr/bin', '/bin'])
      if (existsSync(join(from, name)) && !existsSync(join(place, name)))
        symlinkSync(join(from, name), join(place, name));
  return place;
}

/** It is that user and nobody else, may open its own streams, and leaves the spawner as it was. */
async function expectUser(own: Awaited<ReturnType<typeof startSpawner>>): Promise<void> {
  if (!isRoot) return;
  const sh =
    'id -u; id -g; id -G; grep -i ^Cap[EP] /proc/self/status; echo again > /dev/stdout; echo err > /dev/stderr';
  const made = { ...order({ sh }), user: { uid: 61_007, gid: 61_008 }, cwd: '/' };
  const { exitCode, stderrTail } = await own.run(made).ended;
  const none = `${'0'.repeat(16)}`;
  const said = (await output(made)).split('\n').filter((line) => line.startsWith('stdout'));
  expect([exitCode, stderrTail, said.map((line) => line.slice(8))]).toEqual([
    0,
    'err\n',
    ['61007', '61008', '61008', `CapPrm:\t${none}`, `CapEff:\t${none}`, 'again'],
  ]);
  const after = { ...order({ sh: 'id -u' }), cwd: '/' };
  await own.run(after).ended;
  expect(await output(after)).toBe('stdout: 0');
}

const hasPerl = linux && (process.env['PATH'] ?? '').split(':').some((place) => existsSync(join(place, 'perl')));

describe.runIf(hasPerl).each(levels)('the start helper at %s', (level) => {
  test('killed takes its trees along, which end as lost, and the next start finds another (F11)', async () => {
    const own = await startSpawner(`${level}-helper`, { containment: level });
    const word = token();
    const job = own.run(order({ argv: ['bash', '-c', `(exec -a ${word} sleep 300) & wait`] }));
    await expect.poll(() => livingWith(word).length, { timeout: 5000 }).toBe(1);
    const [helper = 0] = helperOf(own.pid);
    process.kill(helper, 'SIGKILL');
    expect(await job.ended).toMatchObject({ outcome: 'lost', survivors: [], error: { code: 'spawner_died' } });
    await expect.poll(() => livingWith(word), { timeout: 3000 }).toEqual([]);
    expect(await own.run(order({ sh: 'exit 5' })).ended).toMatchObject({ outcome: 'exited', exitCode: 5 });
    await own.stop();
  });

  test('reads many processes at once and mixes none up; starts them as whom it is told', async () => {
    const own = await startSpawner(`${level}-many`, { containment: level });
    const orders = Array.from({ length: 24 }, (_, each) =>
      order({ sh: `head -c 100000 /dev/zero | tr '\\0' ${String.fromCharCode(97 + each)}; echo; exit ${each}` }),
    );
    const ends = await Promise.all(orders.map(async (each) => own.run(each).ended));
    expect(ends.map(({ exitCode }) => exitCode)).toEqual(orders.map((_, each) => each));
    for (const [each, made] of orders.entries())
      expect(new Set(await output(made))).toEqual(new Set(`stdout: ${String.fromCharCode(97 + each)}`));
    await expectUser(own);
    await own.stop();
  });
});

describe.runIf(linux).each(levels)('without Perl, at %s', (level) => {
  test('a process is started, as whom it is told, heard, cancelled and told of all the same', async () => {
    const own = await startSpawner(`${level}-plain`, { containment: level, hostEnv: { PATH: pathWithoutPerl() } });
    expect(own.containment).toBe(level);
    expect(helperOf(own.pid)).toEqual([]);
    const made = order({ sh: 'echo out; echo err >&2; exit 3' });
    expect(await own.run(made).ended).toMatchObject({ exitCode: 3, stderrTail: 'err\n' });
    expect((await output(made)).split('\n').toSorted()).toEqual(['stderr: err', 'stdout: out']);
    const word = token();
    const job = own.run(order({ argv: ['bash', '-c', `(exec -a ${word} sleep 300) & wait`] }));
    await expect.poll(() => livingWith(word).length, { timeout: 5000 }).toBe(1);
    job.stop('cancelled');
    expect(await job.ended).toMatchObject({ stopped: 'cancelled', survivors: [] });
    expect(livingWith(word)).toEqual([]);
    await expectUser(own);
    await own.stop();
  });
});

test.runIf(hasPerl)('the spawner ends, and its helper with it', async () => {
  const own = await startSpawner('gone');
  const [helper = 0] = helperOf(own.pid);
  expect(helper).toBeGreaterThan(1);
  execFileSync('kill', ['-9', String(own.pid)]);
  await own.exited;
  await expect.poll(() => existsSync(`/proc/${helper}`), { timeout: 3000 }).toBe(false);
});
