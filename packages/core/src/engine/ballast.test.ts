import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdirSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { freshDir } from '../../../../test/setup/databases.ts';
import { realSystem } from '../system/system.ts';
import { manualClock } from '../testing/manual-clock.ts';
import type { Volume } from '../system/volume.ts';
import { ballastPath } from '../system/ballast-path.ts';
import { Ballast, hasHealed } from './ballast.ts';

const folder = freshDir();
afterAll(() => folder.remove());
const bytes = 100_000;
let folders = 0;

function bench(free = 10 * bytes): {
  readonly ballast: Ballast;
  readonly path: string;
  readonly set: (freeBytes: number) => void;
  readonly another: () => Ballast;
} {
  const own = `${folder.path}/${(folders += 1)}`;
  mkdirSync(own);
  let volume: Volume = { freeBytes: free, totalBytes: 100 * bytes };
  const another = (): Ballast =>
    new Ballast({ system: realSystem({ clock: manualClock() }), folder: own, bytes, volume: () => volume });
  return {
    ballast: another(),
    path: ballastPath(own),
    set: (freeBytes) => (volume = { ...volume, freeBytes }),
    another,
  };
}

test('is made where there is room for it twice, for its owner alone', async () => {
  const { ballast, path } = bench();
  expect(ballast.state).toBe('absent');
  await ballast.tick();
  expect(ballast.state).toBe('held');
  expect(statSync(path).size).toBe(bytes);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('is not made on a small disk, which is none that is full', async () => {
  const { ballast, path } = bench(bytes);
  await ballast.tick();
  expect(ballast).toMatchObject({ state: 'absent', hasRoom: true });
  expect(existsSync(path)).toBe(false);
});

test('is let go when the disk is full, and made anew when there is room again (F17)', async () => {
  const { ballast, path, set } = bench();
  await ballast.tick();
  set(0);
  expect(ballast.letGo()).toBe(true);
  expect(existsSync(path)).toBe(false);
  expect(ballast.hasRoom).toBe(false);
  expect(ballast.letGo()).toBe(false);
  set(1.5 * bytes);
  await ballast.tick();
  expect(ballast.hasRoom).toBe(false);
  set(3 * bytes);
  await ballast.tick();
  expect(ballast).toMatchObject({ state: 'held', hasRoom: true });
});

test('that another process let go is noticed (F17)', async () => {
  const { ballast, path, set, another } = bench();
  await ballast.tick();
  const second = another();
  set(0);
  expect(second.letGo()).toBe(true);
  await ballast.tick();
  expect(ballast).toMatchObject({ state: 'spent', hasRoom: false });
  expect(existsSync(path)).toBe(false);
});

test('of no bytes is off', async () => {
  const ballast = new Ballast({ system: realSystem(), folder: folder.path, bytes: 0 });
  expect(ballast.letGo()).toBe(false);
  expect(ballast).toMatchObject({ state: 'off', hasRoom: true });
});

test.each([
  [{ freeBytes: 200, totalBytes: 500 }, true, true],
  [{ freeBytes: 199, totalBytes: 500 }, true, false],
  [{ freeBytes: 50, totalBytes: 500 }, false, true],
  [{ freeBytes: 49, totalBytes: 500 }, false, false],
  [{ freeBytes: 200, totalBytes: 10_000 }, false, true],
])('%o is room again where a ballast was held (%s): %s', (volume, wasHeld, healed) => {
  expect(hasHealed(volume, { bytes: 100, wasHeld })).toBe(healed);
});

function mayMount(): boolean {
  const place = `${folder.path}/probe`;
  mkdirSync(place);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place], { stdio: 'ignore' });
    execFileSync('umount', [place], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test.runIf(mayMount())('on a real disk that fills up makes the room it took (F17)', async () => {
  const place = `${folder.path}/small`;
  mkdirSync(place);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', place]);
  try {
    const ballast = new Ballast({ system: realSystem({ clock: manualClock() }), folder: place, bytes: 1_048_576 });
    await ballast.tick();
    expect(ballast.state).toBe('held');
    expect(() => writeFileSync(`${place}/filler`, Buffer.alloc(4_194_304))).toThrow('ENOSPC');
    expect(() => writeFileSync(`${place}/more`, Buffer.alloc(100_000))).toThrow('ENOSPC');
    expect(ballast.letGo()).toBe(true);
    writeFileSync(`${place}/more`, Buffer.alloc(100_000));
    await ballast.tick();
    rmSync(`${place}/filler`);
    await ballast.tick();
    expect(ballast.state).toBe('held');
  } finally {
    execFileSync('umount', [place]);
  }
});
