import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freshDir } from '../../../../test/setup/databases.ts';
import { systemRandom } from '../system/random.ts';
import { secretBox, type SecretBox } from './secret-box.ts';

let folder: ReturnType<typeof freshDir>;
beforeEach(() => {
  folder = freshDir();
});
afterEach(() => folder.remove());

const box = (secretKey: string | null = null): SecretBox =>
  secretBox({ dataDir: folder.path, secretKey, random: systemRandom });
const longKey = 'a key of more than thirty-two bytes, for this test';

describe('a sealed secret', () => {
  test('opens where it was sealed for, and does not show in what is stored (SEC-H5)', () => {
    const sealed = box().seal('whsec_x', 'webhook|1|signing');
    expect(sealed).not.toContain('whsec_x');
    expect(box().open(sealed, 'webhook|1|signing')).toBe('whsec_x');
    expect(box().seal('whsec_x', 'webhook|1|signing')).not.toBe(sealed);
  });

  test('does not open elsewhere, changed, exchanged or with another key (SEC-H4)', () => {
    const [one, two] = [box().seal('one', 'a'), box().seal('two', 'b')];
    const flipped = `${one.slice(0, -3)}${one.at(-3) === 'A' ? 'B' : 'A'}${one.slice(-2)}`;
    const parts = [one.split('.'), two.split('.')] as const;
    const exchanged = [...parts[0].slice(0, 3), parts[1][3]].join('.');
    for (const [text, place] of [
      [one, 'b'],
      [flipped, 'a'],
      [exchanged, 'a'],
      ['jtp9.x.y.z', 'a'],
      ['', 'a'],
    ] as const)
      expect(() => box().open(text, place)).toThrow(expect.objectContaining({ code: 'secret_unreadable' }));
    expect(box(longKey).open(one, 'a')).toBe('one');
    rmSync(join(folder.path, 'secret.key'));
    expect(() => box(longKey).open(one, 'a')).toThrow('sealed with the key');
  });

  test('a key that is gone is an error, never an empty value (SEC-H4)', () => {
    const sealed = box().seal('one', 'a');
    rmSync(join(folder.path, 'secret.key'));
    expect(() => box().open(sealed, 'a')).toThrow(expect.objectContaining({ code: 'secret_unreadable' }));
    expect(readdirSync(folder.path)).toEqual([]);
  });

  test('a key that is lost while the program runs is missed, and no other one is made in its place (SEC-H4)', () => {
    const running = box();
    const sealed = running.seal('one', 'a');
    const path = join(folder.path, 'secret.key');
    const text = readFileSync(path, 'utf8');
    rmSync(path);
    expect(() => running.open(sealed, 'a')).toThrow('is missing');
    expect(() => running.seal('two', 'b')).toThrow('is missing');
    writeFileSync(path, text, { mode: 0o600 });
    expect(running.open(sealed, 'a')).toBe('one');
  });
});

describe('the key', () => {
  test('is a file of its owner alone, made once; a wider one is refused (SEC-K3)', () => {
    box().seal('one', 'a');
    const path = join(folder.path, 'secret.key');
    const text = readFileSync(path, 'utf8');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    box().seal('two', 'b');
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(readdirSync(folder.path)).toEqual(['secret.key']);
    chmodSync(path, 0o640);
    expect(() => box().seal('three', 'c')).toThrow('chmod 600');
  });

  test('of the settings makes no file, and is refused when it is short (SEC-A4)', () => {
    const sealed = box(longKey).seal('one', 'a');
    expect(box(longKey).open(sealed, 'a')).toBe('one');
    expect(readdirSync(folder.path)).toEqual([]);
    expect(() => box('changeme').seal('one', 'a')).toThrow('at least 32');
  });
});
