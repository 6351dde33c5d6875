import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { defaultArtifactSettings, type Artifact } from '../model/artifact.ts';
import { artifactName } from './artifact-name.ts';
import { artifactKey, artifactOf, type ArtifactStore } from './artifact-store.ts';
import { artifactPreview, artifactType, servedType } from './artifact-type.ts';
import { collectArtifacts, type Collected } from './collect.ts';
import { FileArtifacts } from './file-artifacts.ts';

const root = mkdtempSync(join(tmpdir(), 'jtp-artifacts-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let made = 0;
let folder: string;
let store: ArtifactStore;
beforeEach(() => {
  folder = join(root, String((made += 1)), 'left');
  mkdirSync(folder, { recursive: true });
  store = new FileArtifacts(dirname(folder));
});

function left(name: string, content: string | Buffer = 'x'): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const now = 1_768_478_400_000;
let drawn = 0;
const collect = (rules: Partial<typeof defaultArtifactSettings> = {}, to: ArtifactStore = store): Promise<Collected> =>
  collectArtifacts({
    folder,
    store: to,
    ids: (count) => Promise.resolve(Array.from({ length: count }, () => (drawn += 1))),
    rules: { ...defaultArtifactSettings, ...rules },
    now,
    of: { runId: 7, runCreatedAt: now, jobId: 3, attempt: 1 },
  });

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');
const bytesOf = async (artifact: Artifact): Promise<Buffer | null> => {
  const read = await store.read(artifact, { from: 0, to: artifact.bytes });
  return read === null ? null : buffer(read);
};
const problems = ({ artifacts }: Collected): readonly (readonly [string, string | null])[] =>
  artifacts.map(({ name, problem }) => [name, problem]);

describe('what an attempt left', () => {
  test('is kept with its name, size, type and hash, and reads back the same (R-194)', async () => {
    const big = Buffer.alloc(3_000_000, 'abc');
    left('report.csv', 'a,b\n1,2\n');
    left('deep/er/dump.sql.gz', big);
    left('empty.txt', '');
    const { artifacts, incomplete } = await collect({ days: 2 });
    expect(incomplete).toBe(false);
    expect(artifacts).toMatchObject([
      { name: 'deep/er/dump.sql.gz', type: 'application/gzip', bytes: big.length, sha256: sha256(big), problem: null },
      { name: 'empty.txt', type: 'text/plain', bytes: 0, sha256: sha256('') },
      { name: 'report.csv', type: 'text/csv', bytes: 8, sha256: sha256('a,b\n1,2\n'), expiresAt: now + 2 * 86_400_000 },
    ]);
    for (const artifact of artifacts) expect(sha256((await bytesOf(artifact)) ?? '')).toBe(artifact.sha256);
    const [dump] = artifacts;
    if (dump === undefined) throw new Error('nothing was kept');
    const part = await store.read(dump, { from: 3, to: 6 });
    expect(part === null ? '' : (await buffer(part)).toString()).toBe('abc');
  });

  test('lies under its id, never under a name that a job chose', async () => {
    left('name.txt');
    const { artifacts } = await collect();
    const files = readdirSync(join(dirname(folder), 'artifacts'), { recursive: true }).map(String);
    expect(files.join(' ')).not.toContain('name');
    expect(files).toContain(artifactKey(artifacts[0] ?? { id: 0, createdAt: 0 }));
  });

  test('beyond the limits is told, and left out', async () => {
    left('a.bin', Buffer.alloc(600));
    left('b.bin', Buffer.alloc(600));
    left('c.bin', Buffer.alloc(100));
    const bySize = problems(await collect({ maxBytes: 800 }));
    expect(bySize).toEqual([
      ['a.bin', null],
      ['b.bin', 'It has 600 bytes, and 200 of the 800 that an attempt may keep were left.'],
      ['c.bin', null],
    ]);
    expect(problems(await collect({ maxBytes: 500 }))[0]?.[1]).toBe('It has 600 bytes; an attempt may keep 500.');
    expect(problems(await collect({ maxFiles: 1 }))).toEqual([
      ['a.bin', null],
      ['b.bin', 'More than 1 files were left; this one is not kept.'],
      ['c.bin', 'More than 1 files were left; this one is not kept.'],
    ]);
  });

  test('in a thousand files is told in a few lines', async () => {
    for (let at = 0; at < 1000; at += 1) left(`f${at}`);
    const { artifacts } = await collect({ maxFiles: 2 });
    expect(artifacts).toHaveLength(2 + 20 + 1);
    expect(artifacts.at(-1)).toMatchObject({ name: '978 more files', sha256: null });
  });

  test('is no link, pipe, or file that has another name elsewhere (D2)', async () => {
    const secret = join(root, 'secret');
    writeFileSync(secret, 'key');
    symlinkSync(secret, join(folder, 'link'));
    symlinkSync('/etc', join(folder, 'linked-folder'));
    linkSync(secret, join(folder, 'hard'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    left('fine.txt');
    const found = Object.fromEntries(problems(await collect()));
    expect(found).toMatchObject({
      'fine.txt': null,
      hard: expect.stringContaining('hard link') as string,
      link: expect.stringContaining('a link') as string,
      'linked-folder': expect.stringContaining('a link') as string,
      pipe: expect.stringContaining('a pipe') as string,
    });
    expect(Object.keys(found)).toHaveLength(5);
    expect(readFileSync(secret, 'utf8')).toBe('key');
  });

  test('stays in the folder when the store fails, and says so', async () => {
    left('a.txt');
    const broken: ArtifactStore = { ...store, write: () => Promise.reject(new Error('The disk is full.')) };
    const { artifacts, incomplete } = await collect({}, broken);
    expect(incomplete).toBe(true);
    expect(artifacts).toMatchObject([
      { name: 'a.txt', sha256: null, problem: expect.stringContaining('full') as string },
    ]);
  });

  test('of a write that breaks off nothing stays in the store', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half');
      await Promise.resolve();
      throw new Error('gone');
    }
    const of = { id: 99, createdAt: now };
    await expect(store.write(of, broken())).rejects.toThrow('gone');
    expect(await store.read(of, { from: 0, to: 1 })).toBeNull();
    const own = basename(artifactKey(of));
    const inPlace = readdirSync(join(dirname(folder), 'artifacts', '2026-01-15'));
    expect(inPlace.filter((name) => name.startsWith(own))).toEqual([]);
  });
});

describe('a name', () => {
  test.each(['report.txt', 'a/b/c.csv', 'Ünïcode – ok.pdf', '.hidden'])('%s is one', (name) => {
    expect(artifactName(name)).toEqual({ name: name.normalize('NFC') });
  });

  test.each([
    '',
    '../x',
    'a/../b',
    'a//b',
    '/abs',
    './x',
    'a\\b',
    'a\nb',
    'a\u202eb',
    'x\u0000',
    'a'.repeat(501),
    '\ufffd',
  ])('%j is none (D7)', (name) => {
    expect(artifactName(name)).toHaveProperty('problem');
  });

  test('in two spellings is one', async () => {
    left('é.txt'.normalize('NFC'));
    left('é.txt'.normalize('NFD'));
    const found = problems(await collect());
    // Some file systems know the two as one already.
    if (found.length === 2) expect(found.filter(([, problem]) => problem === null)).toHaveLength(1);
  });
});

test('what a browser could carry out is served as plain bytes (G4)', () => {
  for (const name of ['x.html', 'x.svg', 'x.js', 'x.xml', 'x.pdf', 'constructor', 'x.toString'])
    expect(servedType(artifactType(name))).toBe('application/octet-stream');
  expect(servedType(artifactType('x.JSON'))).toBe('text/plain; charset=utf-8');
  expect(servedType(artifactType('x.png'))).toBe('image/png');
  expect(artifactPreview(artifactType('x.svg'))).toBeNull();
});

test('a key names its artifact and nothing else does', () => {
  const of = { id: 12, createdAt: now };
  expect(artifactOf(artifactKey(of))).toEqual(of);
  expect(artifactOf(`${artifactKey(of)}.part`)).toBeNull();
  expect(artifactOf(`2020-01-01/${artifactKey(of).slice(11)}`)).toBeNull();
});
