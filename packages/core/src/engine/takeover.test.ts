import { describe, expect, test } from 'vitest';
import type { ProcessIdentity } from '../model/worker.ts';
import * as factories from '../testing/factories.ts';
import type { Host } from './host.ts';
import { isGoneHere, isProvenDead, ownName, type Claimant } from './takeover.ts';

const process: ProcessIdentity = { machineId: 'machine', bootId: 'boot', pidSpace: 'pid:[1]', startedAt: 500 };
const of = (more: Partial<ProcessIdentity>): ProcessIdentity => ({ ...process, ...more });

/** A machine on which process 4711 lives, started at tick 500, and nothing else. */
const host = (more: Partial<Host> = {}): Host => ({
  name: 'host-a',
  platform: 'linux-x64',
  pid: 9,
  process: of({ startedAt: 900 }),
  isAlive: (pid, startedAt = null) => pid === 4711 && (startedAt === null || startedAt === 500),
  ...more,
});

const living = { pid: 4711, process, folderId: null };

describe('a former worker is proven dead', () => {
  test.each([
    ['whose process lives', false, living, {}, {}],
    ['whose process is gone', true, { ...living, pid: 12 }, {}, {}],
    ['whose number another process has by now', true, { ...living, process: of({ startedAt: 400 }) }, {}, {}],
    ['that had our own number', true, { ...living, pid: 9 }, {}, {}],
    [
      'in another container, where its number says nothing',
      false,
      { ...living, process: of({ pidSpace: 'pid:[2]' }), pid: 12 },
      {},
      {},
    ],
    [
      'in another container, whose folder we hold the lock of',
      true,
      { ...living, process: of({ pidSpace: 'pid:[2]' }), folderId: 'f', host: 'made-up' },
      {},
      { folderId: 'f' },
    ],
    ['whose folder is another', false, { ...living, folderId: 'g' }, {}, { folderId: 'f' }],
    [
      'on another host, with a copy of our folder',
      false,
      { ...living, folderId: 'f', host: 'host-b', process: of({ bootId: 'other', machineId: 'other' }) },
      {},
      { folderId: 'f' },
    ],
    ['before a boot of this machine', true, { ...living, process: of({ bootId: 'before' }) }, {}, {}],
    [
      'on another machine of the same name',
      false,
      { ...living, pid: 12, process: of({ bootId: 'other', machineId: 'other' }) },
      {},
      {},
    ],
    [
      'where machines have no names of their own',
      false,
      { ...living, pid: 12, process: of({ bootId: 'other', machineId: null }) },
      {},
      {},
    ],
    [
      'before a boot, with a database that is a file',
      true,
      { ...living, host: 'renamed', process: of({ bootId: 'before', machineId: null }) },
      {},
      { isAlone: true },
    ],
    ['of an earlier version, gone (F55)', true, { pid: 12, process: null, folderId: null }, {}, {}],
    ['of an earlier version, alive (F55)', false, { pid: 4711, process: null, folderId: null }, {}, {}],
    [
      'of an earlier version, on another host (F55)',
      false,
      { pid: 12, process: null, folderId: null, host: 'host-b' },
      {},
      {},
    ],
    ['where the system tells nothing of processes', true, { ...living, pid: 12 }, { process: null }, {}],
  ] as readonly (readonly [string, boolean, object, Partial<Host>, Partial<Claimant>])[])(
    '%s: %s',
    (_, expected, former, ours, claimant) => {
      const worker = factories.worker(former);
      expect(isProvenDead(worker, { host: host(ours), folderId: null, isAlone: false, ...claimant })).toBe(expected);
    },
  );
});

describe('a worker beside us is seen to be gone', () => {
  test.each([
    ['whose process lives', false, living],
    ['whose process is gone', true, { ...living, pid: 12 }],
    ['whose number another process has by now', true, { ...living, process: of({ startedAt: 400 }) }],
    ['in another container', false, { ...living, process: of({ pidSpace: 'pid:[2]' }), pid: 12 }],
    ['of a former boot', false, { ...living, process: of({ bootId: 'before' }), pid: 12 }],
    ['of an earlier version', false, { ...living, process: null, pid: 12 }],
  ] as readonly (readonly [string, boolean, object])[])('%s: %s', (_, expected, worker) => {
    expect(isGoneHere(factories.worker(worker), host())).toBe(expected);
  });
});

describe('the name of a worker whose folder somebody holds', () => {
  /** The folder of `a` is held until it was asked for so often; each folder besides is free. */
  function wish(former: object | null, heldFor: number) {
    let asked = 0;
    const row = former === null ? null : factories.worker(former);
    const byName = (name: string) => Promise.resolve(name === 'a' ? row : null);
    const store = { kind: 'sqlite', workers: { byName } } as unknown as Parameters<typeof ownName>[0]['store'];
    const lockOf = (name: string) =>
      name === 'a' && (asked += 1) <= heldFor ? null : { id: `folder of ${name}`, release: () => undefined };
    return ownName({ store, wished: 'a', host: host(), lockOf });
  }

  test('is another one at once while its process lives', async () => {
    expect(await wish(living, Infinity)).toMatchObject({ name: 'a-2' });
  });
  test('is its own again once whoever settles what a dead one left has done so', async () => {
    expect(await wish({ ...living, pid: 12 }, 2)).toMatchObject({ name: 'a' });
    expect(await wish({ ...living, pid: 12, lostAt: 1 }, 2)).toMatchObject({ name: 'a' });
    expect(await wish(null, 2)).toMatchObject({ name: 'a' });
  });
});
