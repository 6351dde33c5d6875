import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freshDir } from '../../../../test/setup/databases.ts';
import { systemRandom } from '../system/random.ts';
import { canarySetting } from '../model/sealed-place.ts';
import { checkCanary, type CanaryPlace } from './canary.ts';
import type { KeyPlace } from './installation-key.ts';
import { rotateKey, type RotationPlace } from './rotate-key.ts';
import { secretBox, type SecretBox } from './secret-box.ts';
import { weakness } from './weak-key.ts';

let folder: ReturnType<typeof freshDir>;
beforeEach(() => {
  folder = freshDir();
});
afterEach(() => folder.remove());

const oneKey = 'a key of more than thirty-two bytes, for this test';
const otherKey = 'one more key, also of more than thirty-two bytes';
const keys = (secretKey: string | null = null, formerSecretKey: string | null = null): KeyPlace => ({
  dataDir: folder.path,
  secretKey,
  formerSecretKey,
  random: systemRandom,
});

/** What stands sealed, as a database keeps it. `steps` counts what happened to it; the nth throws, as a kill would. */
class Shelf implements RotationPlace {
  readonly rows = new Map<number, string>();
  steps = 0;
  killAt = Infinity;

  step(): void {
    this.steps += 1;
    if (this.steps === this.killAt) throw new Error('killed');
  }

  async sealedWithOther(keyId: string, limit: number) {
    this.step();
    const others = [...this.rows].filter(([, sealed]) => !sealed.startsWith(`jtp1.${keyId}.`));
    return others
      .slice(0, limit)
      .map(([id, sealed]) => ({ table: 'secrets', column: 'sealed', id, sealed, place: `test|${id}` }));
  }

  async reseal({ id }: { readonly id: number }, sealed: string) {
    this.step();
    this.rows.set(id, sealed);
    this.step();
    return true;
  }
}

function filled(box: SecretBox, count = 3): Shelf {
  const shelf = new Shelf();
  for (let id = 1; id <= count; id += 1) shelf.rows.set(id, box.seal(`value ${id}`, `test|${id}`));
  return shelf;
}

function allOpen(shelf: Shelf, box: SecretBox): void {
  for (const [id, sealed] of shelf.rows) expect(box.open(sealed, `test|${id}`)).toBe(`value ${id}`);
}

const file = (): string[] => readFileSync(join(folder.path, 'secret.key'), 'utf8').trim().split('\n');

describe('another key of the installation', () => {
  test('is made, everything is sealed under it, and the former one is forgotten', async () => {
    const box = secretBox(keys());
    const shelf = filled(box);
    const [before] = file();
    const rotated = await rotateKey({ box, keys: keys(), place: shelf, settle: async () => undefined });
    expect(rotated).toEqual({ keyId: box.keyId(), isNew: true, resealed: 3 });
    expect(file()).toHaveLength(1);
    expect(file()[0]).not.toBe(before);
    allOpen(shelf, box);
    allOpen(shelf, secretBox(keys()));
  });

  test('killed at each step everything still opens, and it goes on where it was (SEC-H4)', async () => {
    for (let killAt = 1; ; killAt += 1) {
      const shelf = filled(secretBox(keys()), 2);
      shelf.killAt = killAt;
      const settle = async (): Promise<void> => shelf.step();
      const rotation = { box: secretBox(keys()), keys: keys(), place: shelf, settle };
      const died = await rotateKey(rotation).then(
        () => false,
        () => true,
      );
      allOpen(shelf, secretBox(keys()));
      if (!died) {
        expect(killAt).toBeGreaterThan(7);
        break;
      }
      const after = file();
      const again = await rotateKey({ ...rotation, box: secretBox(keys()) });
      expect(again.isNew).toBe(false);
      expect(file()).toEqual([after[0]]);
      allOpen(shelf, secretBox(keys()));
      // Nothing is left under the former key.
      for (const sealed of shelf.rows.values()) expect(sealed.startsWith(`jtp1.${again.keyId}.`)).toBe(true);
    }
  });

  test('is heeded by processes that were running, for what they seal and what they open', async () => {
    const running = secretBox(keys());
    const shelf = filled(running);
    await rotateKey({ box: secretBox(keys()), keys: keys(), place: shelf, settle: async () => undefined });
    allOpen(shelf, running);
    expect(secretBox(keys()).open(running.seal('new', 'a'), 'a')).toBe('new');
  });

  test('of the settings takes over from the one before it, in the settings or in the file', async () => {
    const shelf = filled(secretBox(keys(oneKey)));
    const moved = keys(otherKey, oneKey);
    await rotateKey({ box: secretBox(moved), keys: moved, place: shelf, settle: async () => undefined });
    allOpen(shelf, secretBox(keys(otherKey)));
    const fromFile = filled(secretBox(keys()));
    const place = { box: secretBox(keys(oneKey)), keys: keys(oneKey), place: fromFile, settle: async () => undefined };
    expect(await rotateKey(place)).toMatchObject({ isNew: false, resealed: 3 });
    allOpen(fromFile, secretBox(keys(oneKey)));
  });

  test('stays away while something opens with none of the keys (SEC-H4)', async () => {
    const shelf = filled(secretBox(keys()));
    shelf.rows.set(9, secretBox(keys(oneKey)).seal('x', 'test|9'));
    const rotation = { box: secretBox(keys()), keys: keys(), place: shelf, settle: async () => undefined };
    await expect(rotateKey(rotation)).rejects.toMatchObject({ code: 'secret_unreadable' });
    expect(file()).toHaveLength(2);
    shelf.rows.delete(9);
    allOpen(shelf, secretBox(keys()));
  });
});

describe('the canary', () => {
  function place(stored: { canary?: unknown }, sealed: readonly string[] = []): CanaryPlace {
    return {
      settings: {
        get: async (key) => (key === canarySetting ? (stored.canary ?? null) : null),
        setOnce: async (_key, value) => (stored.canary ??= value),
      },
      secrets: { sealedWithOther: async () => sealed.map((one) => ({ sealed: one, place: 'a' })) },
    };
  }

  test('is sealed at the first start and opens at the next', async () => {
    const stored: { canary?: unknown } = {};
    await checkCanary(place(stored), secretBox(keys()));
    expect(stored.canary).toMatch(/^jtp1\./);
    expect(String(stored.canary)).not.toContain('not a secret');
    await checkCanary(place(stored), secretBox(keys()));
  });

  test('refuses the start with another key, and says how to bring back the right one (SEC-H4)', async () => {
    const stored: { canary?: unknown } = {};
    await checkCanary(place(stored), secretBox(keys()));
    const wrong = checkCanary(place(stored), secretBox(keys(oneKey)));
    await expect(wrong).resolves.toBeUndefined();
    writeFileSync(join(folder.path, 'secret.key'), `${systemRandomKey()}\n`, { mode: 0o600 });
    await expect(checkCanary(place(stored), secretBox(keys()))).rejects.toThrow('Bring back the key');
  });

  test('is not made with a key that opens nothing of what is there already (SEC-H4)', async () => {
    const stored: { canary?: unknown } = {};
    const old = secretBox(keys(oneKey)).seal('x', 'a');
    await expect(checkCanary(place(stored, [old]), secretBox(keys(otherKey)))).rejects.toThrow('cannot be opened');
    expect(stored.canary).toBeUndefined();
  });

  test.each(['job-trigger-portal: this is not a secret', { plain: true }, 'jtp1.x.y.z'])(
    'that stands readable refuses the start: %j',
    async (canary) => {
      await expect(checkCanary(place({ canary }), secretBox(keys()))).rejects.toThrow('not sealed');
    },
  );
});

function systemRandomKey(): string {
  return Buffer.from(systemRandom.bytes(32)).toString('base64');
}

test.each([
  ['changeme', 'at least 32'],
  ['changeme-changeme-changeme-changeme', 'examples'],
  ['please-set-your-own-secret-key-of-32-bytes', 'examples'],
  ['0123456789012345678901234567890123456789', 'examples'],
  ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'different characters'],
])('the key %j is refused (SEC-A4)', (text, why) => {
  expect(weakness(text)).toContain(why);
  expect(() => secretBox(keys(text)).keyId()).toThrow(why);
});
