import { randomFillSync } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { S3Settings } from '../model/artifact.ts';
import { artifactKey, type Stored } from './artifact-store.ts';
import { S3Artifacts } from './s3-artifacts.ts';
import { startS3Server, type S3Server } from './test-s3-server.ts';

let server: S3Server;
beforeAll(async () => {
  server = await startS3Server('key');
});
afterAll(() => server.close());

const settings = (overrides: Partial<S3Settings> = {}): S3Settings => ({
  endpoint: server.endpoint,
  region: 'eu-test-1',
  bucket: 'files',
  prefix: 'jtp/',
  accessKeyId: 'key',
  secretAccessKey: 'secret',
  pathStyle: true,
  ...overrides,
});
const createdAt = 1_768_478_400_000;
let made = 0;
const next = () => ({ id: (made += 1), createdAt });

async function* pieces(whole: Uint8Array, size = 300_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}

async function readAll(store: S3Artifacts, of: { id: number; createdAt: number }, from: number, to: number) {
  const read = await store.read(of, { from, to });
  return read === null ? null : buffer(read);
}

test('a small file is one signed request, under its id', async () => {
  const store = new S3Artifacts(settings());
  const of = next();
  await store.write(of, pieces(Buffer.from('hello')));
  expect(server.objects.get(`files/jtp/${artifactKey(of)}`)?.toString()).toBe('hello');
  expect((await readAll(store, of, 0, 5))?.toString()).toBe('hello');
  expect((await readAll(store, of, 1, 3))?.toString()).toBe('el');
  const empty = next();
  await store.write(empty, pieces(new Uint8Array()));
  expect(await readAll(store, empty, 0, 0)).toHaveLength(0);
});

test('a large file goes in parts, and is the same when it is read', async () => {
  const store = new S3Artifacts(settings());
  const of = next();
  const whole = randomFillSync(Buffer.alloc(20_000_000));
  const before = server.calls.length;
  await store.write(of, pieces(whole));
  expect(server.calls.slice(before).filter((call) => call.includes('partNumber='))).toHaveLength(3);
  expect((await readAll(store, of, 0, whole.length))?.equals(whole)).toBe(true);
  expect(server.uploads.size).toBe(0);
});

test('an upload that fails in the middle is given up, and shows nothing', async () => {
  const store = new S3Artifacts(settings());
  const of = next();
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(9_000_000);
    yield Buffer.alloc(9_000_000);
    await Promise.resolve();
    throw new Error('the file is gone');
  }
  await expect(store.write(of, broken())).rejects.toThrow('the file is gone');
  expect(server.uploads.size).toBe(0);
  expect(await readAll(store, of, 0, 1)).toBeNull();
});

test('lists what bears our names, page by page, and takes away what it is told', async () => {
  const store = new S3Artifacts(settings({ prefix: 'other/' }));
  const all = [next(), next(), next()];
  for (const of of all) await store.write(of, pieces(Buffer.from('x')));
  server.objects.set('files/other/somebody-elses.txt', Buffer.from('keep'));
  const listed: Stored[] = [];
  for await (const stored of store.list()) listed.push(stored);
  expect(listed.map(({ of }) => of)).toEqual(all);
  for (const { key } of listed) await store.remove(key);
  await store.remove(listed[0]?.key ?? '');
  expect([...server.objects.keys()].filter((key) => key.startsWith('files/other/'))).toEqual([
    'files/other/somebody-elses.txt',
  ]);
});

test('a wrong key is refused, and said', async () => {
  const store = new S3Artifacts(settings({ accessKeyId: 'other' }));
  await expect(store.write(next(), pieces(Buffer.from('x')))).rejects.toThrow('AccessDenied');
});
