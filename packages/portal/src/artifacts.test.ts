import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { toUuid, type Artifact } from 'job-trigger-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { collectArtifacts } from '../../core/src/artifacts/collect.ts';
import { FileArtifacts } from '../../core/src/artifacts/file-artifacts.ts';
import * as factories from '../../core/src/testing/factories.ts';
import { referenceOf } from './references.ts';
import { startTestPortal, type TestPortal } from './test-portal.ts';

const files = {
  'a report.txt': 'hello artifacts',
  'deep/pic.png': 'not really',
  'page.html': '<script>x</script>',
  'üñ.csv': '1',
};
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe.each(['SQLite', 'PostgreSQL'] as const)('artifacts of a run on %s', (database) => {
  let portal: TestPortal;
  let id = '';
  let other = '';
  let kept: readonly Artifact[] = [];
  const one = (name: string): Artifact => {
    const found = kept.find((artifact) => artifact.name === name);
    if (found === undefined) throw new Error(`${name} was not kept`);
    return found;
  };
  const pathOf = (name: string, run = id): string => `/api/runs/${run}/artifacts/${toUuid(one(name))}`;

  beforeAll(async () => {
    portal = await startTestPortal(database, inject('postgresUrl'));
    const body = {
      name: 'leaves files',
      type: 'script' as const,
      config: { script: 'hello.sh' },
      overlap: 'allow' as const,
    };
    const job = await portal.client.createJob({ body });
    id = (await portal.client.runJob({ params: { id: job.id }, body: {} })).run_id;
    other = (await portal.client.runJob({ params: { id: job.id }, body: {} })).run_id;
    const { store, folder } = portal;
    const worker = { ...factories.worker(), queues: ['default'] };
    await store.workers.register(worker);
    const run = referenceOf(id, 'run');
    const left = join(folder, 'left');
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(left, name, '..'), { recursive: true });
      writeFileSync(join(left, name), text);
    }
    writeFileSync(join(left, 'zz-big.bin'), Buffer.alloc(2000));
    const jobId = referenceOf(job.id, 'job').id;
    const collected = await collectArtifacts({
      folder: left,
      store: new FileArtifacts(folder),
      ids: (count) => store.ids(count),
      rules: { keep: null, days: 2, maxFiles: 10, maxBytes: 1000 },
      now: run.createdAt,
      of: { runId: run.id, runCreatedAt: run.createdAt, jobId, attempt: 1 },
    });
    const claims = await store.dispatch.claim({
      workerId: worker.id,
      incarnation: worker.incarnation,
      free: 10,
      queues: ['default'],
      labels: [],
    });
    const claim = claims.find(({ runId }) => runId === run.id);
    if (claim === undefined || !(await store.artifacts.keep(claim, collected.artifacts)))
      throw new Error('the lease is not held');
    kept = collected.artifacts;
  });
  afterAll(() => portal.close());

  test('are listed with size, type and hash, and what was left out with its reason', async () => {
    const list = await portal.client.listArtifacts({ params: { id } });
    expect(list.items.map(({ name, kept: is }) => [name, is])).toEqual([
      ['a report.txt', true],
      ['deep/pic.png', true],
      ['page.html', true],
      ['zz-big.bin', false],
      ['üñ.csv', true],
    ]);
    expect(list.items[0]).toMatchObject({
      bytes: 15,
      type: 'text/plain',
      sha256: sha256('hello artifacts'),
      preview: 'text',
    });
    expect(list.items[3]?.problem).toContain('2000 bytes');
    expect(await portal.client.getRun({ params: { id } })).toMatchObject({ artifact_count: 4 });
  });

  test.each(Object.entries(files))(
    '%s is sent as it is, to be saved and never carried out (R-195, SEC-G4)',
    async (name, text) => {
      const answer = await portal.raw(`${pathOf(name)}?download=true`);
      expect(await answer.text()).toBe(text);
      expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w.-]+"; filename\*=UTF-8''/);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-security-policy')).toContain('sandbox');
      expect(answer.headers.get('content-type')).toMatch(
        /^(?:text\/plain; charset=utf-8|image\/png|application\/octet-stream)$/,
      );
      expect(answer.headers.get('etag')).toBe(`"${sha256(text)}"`);
    },
  );

  test('a range of one is answered, and one that is not there refused (SEC-D7)', async () => {
    const path = `${pathOf('a report.txt')}?download=true`;
    const part = await portal.raw(path, { headers: { range: 'bytes=6-8' } });
    expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([206, 'art', 'bytes 6-8/15']);
    const beyond = await portal.raw(path, { headers: { range: 'bytes=15-99999999999' } });
    expect([beyond.status, beyond.headers.get('content-disposition')]).toEqual([416, null]);
    const former = await portal.raw(path, { headers: { range: 'bytes=6-8', 'if-range': '"else"' } });
    expect([former.status, await former.text()]).toEqual([200, 'hello artifacts']);
  });

  test('of another run, of none, or one that was not kept is not there (R-195, SEC-D7)', async () => {
    const left = await portal.raw(`${pathOf('zz-big.bin')}?download=true`);
    expect([left.status, await left.text()]).toEqual([404, expect.stringContaining('was not kept') as string]);
    for (const path of [
      pathOf('a report.txt', other),
      `/api/runs/${id}/artifacts/${other}`,
      `/api/runs/${toUuid(one('page.html'))}/artifacts`,
    ]) {
      const answer = await portal.raw(path);
      expect([path, answer.status]).toEqual([path, 404]);
    }
    expect((await fetch(`${portal.base}${pathOf('a report.txt')}`)).status).toBe(401);
  });

  test('all of them come as one archive that others can read', async () => {
    const answer = await portal.raw(`/api/runs/${id}/artifacts?format=zip`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('content-length')]).toEqual([
      200,
      'application/zip',
      String(bytes.length),
    ]);
    expect(unpacked(bytes)).toEqual(files);
  });

  test('whose bytes are gone say so', async () => {
    const [place, elsewhere] = [join(portal.folder, 'artifacts'), join(portal.folder, 'elsewhere')];
    renameSync(place, elsewhere);
    const answer = await portal.raw(`${pathOf('a report.txt')}?download=true`);
    renameSync(elsewhere, place);
    expect([answer.status, await answer.text()]).toEqual([
      404,
      expect.stringContaining('not there any more') as string,
    ]);
  });
});

/** The files of an archive by its central directory (APPNOTE 4.3.12), none of them compressed; each sum is checked. */
function unpacked(zip: Buffer): Record<string, string> {
  const end = zip.lastIndexOf(Buffer.from('PK\u0005\u0006'));
  const found: Record<string, string> = {};
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    expect([zip.toString('latin1', at, at + 4), zip.readUInt16LE(at + 10)]).toEqual(['PK\u0001\u0002', 0]);
    const [nameLength, extraLength] = [zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30)];
    const head = zip.readUInt32LE(at + 42);
    const begin = head + 30 + zip.readUInt16LE(head + 26) + zip.readUInt16LE(head + 28);
    const bytes = zip.subarray(begin, begin + zip.readUInt32LE(at + 24));
    expect(crc32(bytes)).toBe(zip.readUInt32LE(at + 16));
    found[zip.toString('utf8', at + 46, at + 46 + nameLength)] = bytes.toString('utf8');
    at += 46 + nameLength + extraLength + zip.readUInt16LE(at + 32);
  }
  return found;
}
