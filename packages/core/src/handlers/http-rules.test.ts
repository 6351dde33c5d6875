import { describe, expect, test } from 'vitest';
import { JobTriggerError } from '../errors.ts';
import type { HttpConfig } from '../model/job.ts';
import { allowList } from './address.ts';
import { checkHttpConfig, checkUrl } from './http-rules.ts';

const nothing = allowList([]);
function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof JobTriggerError) return `${error.code} ${error.fields[0]?.path}`;
    throw error;
  }
  return 'accepted';
}

describe('an address that leads inside is refused when it is saved (SEC-F1)', () => {
  test.each([
    'http://127.0.0.1/',
    'http://localhost/',
    'http://localhost./',
    'http://LOCALHOST:8080/',
    'http://api.localhost/',
    'http://0/',
    'http://127.1/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://2130706433/',
    'http://①②⑦.⓪.⓪.①/',
    'http://[::]/',
    'http://[::1]:8080/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[fe80::1]/',
    'http://169.254.169.254/latest/meta-data',
    'http://metadata.google.internal/',
    'https://10.0.0.1/',
    'https://172.16.3.4/',
    'https://192.168.1.1/',
    'https://100.100.100.200/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
  ])('%s', (url) => expect(codeOf(() => checkUrl(url, nothing))).toBe('blocked_address config.url'));
});

describe('what is no web address is refused (SEC-F4)', () => {
  test.each([
    'file:///etc/passwd',
    'ftp://example.com/',
    'gopher://example.com/',
    'data:text/plain,x',
    'javascript:alert(1)',
    'unix:/var/run/docker.sock',
    'http://example.com:22/',
    'http://example.com:25/',
    'http://example.com:6379/',
    'http://example.com:443443/',
    'http://user@127.0.0.1/',
    'https://user:secret@example.com/',
    'example.com',
    '',
    'http://',
    'http://exa mple.com/',
    'http://example.com/a\r\nHost: evil',
    'http://example.com/\tx',
    `http://example.com/${'x'.repeat(9000)}`,
  ])('%j', (url) => expect(codeOf(() => checkUrl(url, nothing))).toBe('invalid config.url'));
});

test('public addresses at the usual ports are accepted', () => {
  for (const url of [
    'https://example.com/a?b=c',
    'http://example.com',
    'https://example.com:8443/',
    'http://1.1.1.1:3000/',
    'https://[2606:4700:4700::1111]/',
  ]) {
    expect(codeOf(() => checkUrl(url, nothing))).toBe('accepted');
  }
});

test('what the installation allows is accepted, and nothing beside it', () => {
  const allowed = allowList(['127.0.0.1', 'localhost:5432', '10.0.0.0/8']);
  expect(codeOf(() => checkUrl('http://127.0.0.1:8080/', allowed))).toBe('accepted');
  expect(codeOf(() => checkUrl('http://localhost:5432/', allowed))).toBe('accepted');
  expect(codeOf(() => checkUrl('http://localhost:8080/', allowed))).toBe('blocked_address config.url');
  expect(codeOf(() => checkUrl('http://10.9.9.9/', allowed))).toBe('accepted');
  expect(codeOf(() => checkUrl('http://127.0.0.1:6379/', allowed))).toBe('invalid config.url');
});

describe('a request that could be read as two is refused (SEC-F6)', () => {
  const config: HttpConfig = {
    method: 'GET',
    url: 'https://example.com/',
    headers: {},
    body: null,
    expectedStatus: null,
  };
  test.each([
    ['config.headers.X-A', { headers: { 'X-A': 'b\r\nX-C: d' } }],
    ['config.headers.X-A', { headers: { 'X-A': 'b\nc' } }],
    ['config.headers.X\r\nY', { headers: { 'X\r\nY': 'b' } }],
    ['config.headers.', { headers: { '': 'b' } }],
    ['config.headers.Host', { headers: { Host: 'evil' } }],
    ['config.headers.content-length', { headers: { 'content-length': '1' } }],
    ['config.headers.Transfer-Encoding', { headers: { 'Transfer-Encoding': 'chunked' } }],
    ['config.headers.JTP-Fence', { headers: { 'JTP-Fence': '1' } }],
    ['config.method', { method: 'GET /x HTTP/1.1\r\nHost: evil' }],
    ['config.method', { method: 'get' }],
    ['config.method', { method: 'CONNECT' }],
    ['config.expected_status.1', { expectedStatus: [200, 99] }],
  ])('%j', (path, wrong) => {
    expect(codeOf(() => checkHttpConfig({ ...config, ...wrong }, nothing))).toBe(`invalid ${path}`);
  });

  test('an ordinary one is accepted', () => {
    const ordinary = {
      ...config,
      method: 'POST',
      headers: { Authorization: 'Bearer x', 'Idempotency-Key': 'mine' },
      body: '{}',
    };
    expect(codeOf(() => checkHttpConfig({ ...ordinary, expectedStatus: [200, 201] }, nothing))).toBe('accepted');
  });
});
