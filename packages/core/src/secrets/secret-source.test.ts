import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freshDir } from '../../../../test/setup/databases.ts';
import type { SecretProviderSettings } from '../model/secret.ts';
import { secretPlace } from '../model/sealed-place.ts';
import { systemClock } from '../system/clock.ts';
import { systemRandom } from '../system/random.ts';
import { secret as aSecret } from '../testing/factories.ts';
import { refusalOfReference } from './references.ts';
import { secretBox } from './secret-box.ts';
import { secretSource, type SecretSource } from './secret-source.ts';

let folder: ReturnType<typeof freshDir>;
beforeEach(() => {
  folder = freshDir();
});
afterEach(() => folder.remove());

const boxIn = () => secretBox({ dataDir: folder.path, secretKey: null, random: systemRandom });

function sourceOf(settings: Partial<SecretProviderSettings> = {}): SecretSource {
  const all = { env: {}, folder: null, vault: null, aws: null, ...settings };
  return secretSource({ box: boxIn(), settings: all, clock: systemClock() });
}

describe('local', () => {
  test('opens what was sealed for it, and nothing that was put in its place (SEC-H4)', async () => {
    const [one, two] = [aSecret({ scope: 'person', ownerId: 3 }), aSecret()];
    const sealed = { ...one, sealed: boxIn().seal('the value', secretPlace(one)) };
    expect(await sourceOf().read(sealed)).toBe('the value');
    for (const wrong of [
      { ...two, sealed: sealed.sealed },
      { ...sealed, version: 2 },
      { ...sealed, ownerId: 4 },
      { ...sealed, sealed: null },
      { ...sealed, sealed: boxIn().seal('', secretPlace(one)) },
    ])
      await expect(sourceOf().read(wrong)).rejects.toMatchObject({ code: 'secret_unreadable' });
  });
});

describe('env', () => {
  const read = (reference: string, env: Record<string, string>) =>
    sourceOf({ env }).read(aSecret({ provider: 'env', sealed: null, reference }));

  test('reads the variables that are meant for it alone', async () => {
    expect(await read('JOB_SECRET_DB', { JOB_SECRET_DB: 'x' })).toBe('x');
    await expect(read('JOB_SECRET_DB', {})).rejects.toThrow('is not set');
    await expect(read('JOB_SECRET_DB', { JOB_SECRET_DB: '' })).rejects.toThrow('empty');
    await expect(read('JOB_PORTAL_SECRET_KEY', { JOB_PORTAL_SECRET_KEY: 'x' })).rejects.toThrow('is not set');
    expect(refusalOfReference('env', 'JOB_PORTAL_SECRET_KEY')).toContain('JOB_SECRET_');
  });
});

describe('file', () => {
  const read = (reference: string) =>
    sourceOf({ folder: join(folder.path, 'run') }).read(aSecret({ provider: 'file', sealed: null, reference }));

  beforeEach(() => {
    mkdirSync(join(folder.path, 'run', '..data'), { recursive: true });
    writeFileSync(join(folder.path, 'run', 'plain'), 'one\ntwo\n');
    writeFileSync(join(folder.path, 'run', '..data', 'token'), 'linked');
    writeFileSync(join(folder.path, 'outside'), 'no');
    symlinkSync('..data/token', join(folder.path, 'run', 'token'));
    symlinkSync('../outside', join(folder.path, 'run', 'leads-out'));
  });

  test('reads files of its folder, without their last line end, links within it too', async () => {
    expect(await read('plain')).toBe('one\ntwo');
    expect(await read('token')).toBe('linked');
  });

  test.each(['leads-out', '../outside', '/etc/passwd', 'missing', 'plain/x', '', 'a\0b', '.hidden'])(
    'refuses %j (SEC-D1)',
    async (reference) => {
      await expect(read(reference)).rejects.toMatchObject({ code: 'secret_unreadable' });
    },
  );

  test('says that it is off without a folder, and what it may not read', async () => {
    const off = sourceOf();
    expect(off.refusal('file')).toContain('secrets.folder');
    await expect(off.read(aSecret({ provider: 'file', sealed: null, reference: 'plain' }))).rejects.toThrow('not set');
    if (process.getuid?.() === 0) return;
    chmodSync(join(folder.path, 'run', 'plain'), 0o000);
    await expect(read('plain')).rejects.toThrow('EACCES');
  });
});

describe('vault', () => {
  let server: Server;
  let url = '';
  const asked: { readonly path: string; readonly token: unknown; readonly namespace: unknown }[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      const { url: path = '', headers } = request;
      asked.push({ path, token: headers['x-vault-token'], namespace: headers['x-vault-namespace'] });
      if (headers['x-vault-token'] !== 'good') return response.writeHead(403).end('{"errors":["denied"]}');
      if (path === '/v1/kv/data/team/db')
        return response.end(JSON.stringify({ data: { data: { password: 'from vault', user: 'u' } } }));
      if (path === '/v1/kv/data/one') return response.end(JSON.stringify({ data: { data: { only: 7 } } }));
      if (path === '/v1/kv/data/gone') return response.end(JSON.stringify({ data: { data: null } }));
      if (path === '/v1/kv/data/html') return response.end('<html>');
      if (path === '/v1/kv/data/moved') return response.writeHead(302, { location: '/v1/kv/data/team/db' }).end();
      if (path === '/v1/kv/data/slow') return undefined;
      return response.writeHead(404).end('{}');
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  });

  const read = (reference: string, more: { token?: string; url?: string } = {}) => {
    const vault = {
      url: `${url}/`,
      token: 'good',
      mount: 'kv',
      namespace: 'team',
      timeoutMs: reference === 'slow' ? 150 : 5000,
      ...more,
    };
    return sourceOf({ vault }).read(aSecret({ name: 'db', provider: 'vault', sealed: null, reference }));
  };

  test('reads a field of an entry, with the token and the namespace (R-181)', async () => {
    expect(await read('team/db#password')).toBe('from vault');
    expect(asked.at(-1)).toEqual({ path: '/v1/kv/data/team/db', token: 'good', namespace: 'team' });
    expect(await read('one')).toBe('7');
  });

  test.each([
    ['team/db', 'has 2 fields'],
    ['team/db#nothing', 'no field nothing'],
    ['none', 'nothing there (404)'],
    ['gone', 'no value there'],
    ['html', 'no JSON'],
    ['moved', 'not reached'],
    ['slow', 'within 0.15 s'],
    ['../sys/seal', 'no path'],
  ])('of %s says that it cannot, and why (R-181)', async (reference, why) => {
    await expect(read(reference)).rejects.toThrow(why);
  });

  test('that refuses or is down is told in a clear sentence (R-181)', async () => {
    await expect(read('team/db#password', { token: 'bad' })).rejects.toThrow('refuses the token');
    await expect(read('team/db#password', { url: 'http://127.0.0.1:1' })).rejects.toThrow('Vault is not reached');
  });
});

describe('aws', () => {
  const asked: { readonly id: string; readonly authorization: string }[] = [];
  const texts: Readonly<Record<string, object>> = {
    'team/db': { SecretString: '{"password":"from aws","port":5432}' },
    plain: { SecretString: 'whole text' },
    bytes: { SecretBinary: 'AAAA' },
  };
  let server: Server;
  let endpoint = '';
  beforeAll(async () => {
    server = createServer((request, response) => {
      void buffer(request).then((body) => {
        const { SecretId: id } = JSON.parse(body.toString()) as { SecretId: string };
        asked.push({ id, authorization: String(request.headers.authorization) });
        if (id === 'slow') return;
        const refuse = (type: string) => response.writeHead(400).end(JSON.stringify({ __type: type, message: 'no' }));
        response.setHeader('content-type', 'application/x-amz-json-1.1');
        if (id === 'forbidden') refuse('AccessDeniedException');
        else if (texts[id] === undefined) refuse('ResourceNotFoundException');
        else response.end(JSON.stringify({ Name: id, ...texts[id] }));
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  });

  const read = (reference: string, at = endpoint) => {
    const key = { accessKeyId: 'AKIDTEST', secretAccessKey: 'the other half' };
    const timeoutMs = reference === 'slow' ? 150 : 5000;
    const aws = { region: 'eu-central-1', endpoint: at, timeoutMs, ...key };
    return sourceOf({ aws }).read(aSecret({ name: 'db', provider: 'aws', sealed: null, reference }));
  };

  test('reads the whole text, or a field of it, with a signed request (R-181)', async () => {
    expect(await read('plain')).toBe('whole text');
    expect(await read('team/db#password')).toBe('from aws');
    expect(await read('team/db#port')).toBe('5432');
    expect(asked.at(-1)?.id).toBe('team/db');
    expect(asked.at(-1)?.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDTEST\/\d+\/eu-central-1\/secretsmanager\//,
    );
  });

  test.each([
    ['none', 'has nothing there'],
    ['forbidden', 'may not be read'],
    ['bytes', 'bytes, and no text'],
    ['plain#field', 'no field field'],
    ['team/db#nothing', 'no field nothing'],
    ['slow', 'within 0.15 s'],
    ['a b', 'is no name'],
  ])('of %s says that it cannot, and why (R-181)', async (reference, why) => {
    await expect(read(reference)).rejects.toThrow(why);
  });

  test('that is down is told in a clear sentence (R-181)', async () => {
    await expect(read('plain', 'http://127.0.0.1:1')).rejects.toThrow(
      'AWS Secrets Manager is not reached: ECONNREFUSED.',
    );
  });

  test('is off without a region', () => {
    expect(sourceOf().refusal('aws')).toBe('secrets.aws_region is not set');
    expect(refusalOfReference('aws', 'a b')).toContain('a name or an ARN');
    expect(
      refusalOfReference('aws', 'arn:aws:secretsmanager:eu-central-1:1:secret:team/db-AbCdEf#password'),
    ).toBeNull();
  });
});
