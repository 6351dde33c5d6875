import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { RunSecrets } from '../secrets/run-secrets.ts';
import type { FunctionContext } from './function.ts';
import { Workshop } from './test-attempt.ts';

const workshop = new Workshop();
afterAll(() => workshop.close());

const value = `tok"en/with+odd'chars 4711`;
const secrets = new RunSecrets({ TOKEN: value });
const process_ = { script: 'tell.sh', args: [], env: {}, workingDir: null };

function expectSecret(text: string): void {
  expect(text).toContain('***');
  for (const part of [value, JSON.stringify(value).slice(1, -1), 'odd', '4711', Buffer.from(value).toString('base64')])
    expect(text).not.toContain(part);
}

describe('a job with a secret', () => {
  test('gets it as a variable, and nothing that it says of it is kept (SEC-H1) (SEC-E4)', async () => {
    workshop.script(
      'tell.sh',
      [
        'env; cat /proc/self/environ 2>/dev/null; printf %s "$TOKEN" | base64; printf %s "$TOKEN" | od -An -v -tx1 | tr -d " \\n"; echo',
        'printf %s "tok\\"en/wi"; sleep 0.3; printf %s "th+odd\'chars 4711"; echo " end"',
        'echo "cannot log in with $TOKEN" >&2',
        'printf \'{"with":"%s"}\\n\' "a 4711" >"$JTP_RESULT_FILE"',
        '[ "${#TOKEN}" = 26 ] || exit 3',
        'exit 5',
      ].join('\n'),
    );
    const { outcome, log } = await workshop.attempt({ type: 'script', config: process_ }, { context: { secrets } });
    expect(outcome).toMatchObject({ outcome: 'failed', exitCode: 5, result: { with: 'a 4711' } });
    expectSecret(log);
    expect(log).toContain('stdout: *** end');
    expect(outcome.failure?.detail).toContain('cannot log in with ***');
    const stored = join(workshop.folder, 'worker', 'journal.jsonl');
    expect(readFileSync(stored, 'utf8')).toContain('cannot log in with ***');
    expectSecret(readFileSync(stored, 'utf8'));
  });

  test('has it taken out of its result and its progress (SEC-H3)', async () => {
    workshop.script(
      'tell.sh',
      [
        'printf \'{"message":"at tok\\\\"en/with+odd\\047chars 4711"}\\n\' >>"$JTP_PROGRESS_FILE"',
        'printf \'{"tok\\\\"en/with+odd\\047chars 4711":["x tok\\\\"en/with+odd\\047chars 4711"]}\' >"$JTP_RESULT_FILE"',
      ].join('\n'),
    );
    const { outcome, progress } = await workshop.attempt(
      { type: 'script', config: process_ },
      { context: { secrets } },
    );
    expect(outcome).toMatchObject({ outcome: 'succeeded', result: { '***': ['x ***'] } });
    expect(progress.at(-1)?.message).toBe('at ***');
  });

  test('has it taken out of what its hooks say (SEC-H1)', async () => {
    workshop.script('before.sh', 'echo "before: $TOKEN"');
    workshop.script('tell.sh', 'echo main');
    const { log } = await workshop.attempt(
      { type: 'script', config: process_, hooks: { before: 'before.sh', after: null } },
      { context: { secrets } },
    );
    expect(log).toBe('stdout: before: ***\nstdout: main');
  });

  test('that is cut off in the middle of it shows no beginning of it (SEC-H1)', async () => {
    workshop.script('tell.sh', 'printf "%s" "tok\\"en/with+o"');
    const { log } = await workshop.attempt({ type: 'script', config: process_ }, { context: { secrets } });
    expect(log).toBe('stdout: ***');
  });

  test('of type http sends it in headers and body, and keeps none of the answer that repeats it (SEC-H3)', async () => {
    const heard: string[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        heard.push(`${request.headers.authorization} ${body}`);
        const half = Math.floor(value.length / 2);
        response.writeHead(401, { location: `/${encodeURIComponent(value)}` });
        response.write(`no: ${value.slice(0, half)}`);
        setImmediate(() => response.end(`${value.slice(half)} and ${JSON.stringify({ token: value })}`));
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { outcome, log } = await workshop.attempt(
      {
        type: 'http',
        config: {
          method: 'POST',
          url: `http://127.0.0.1:${port}/a`,
          headers: { Authorization: 'Bearer {{secret.TOKEN}}' },
          body: '{{secret.TOKEN}} {{secret.OTHER}} {{ secret.TOKEN }}',
          expectedStatus: null,
        },
      },
      { context: { secrets }, settings: { outgoingAllow: ['127.0.0.1'] } },
    );
    server.close();
    expect(heard).toEqual([`Bearer ${value} ${value} {{secret.OTHER}} {{ secret.TOKEN }}`]);
    expect(log).toContain('stdout: no: *** and {"token":"***"}');
    expectSecret(JSON.stringify(outcome) + log);
  });

  test('of type function is given it, and its error, log and result are masked (SEC-H3)', async () => {
    const lines: string[] = [];
    const functions = new Map([
      [
        'leak',
        ({ secrets: given, log, progress }: FunctionContext) => {
          lines.push(given['TOKEN'] ?? '');
          log(`with ${given['TOKEN']}`);
          progress(0.5, `at ${given['TOKEN']}`);
          throw new Error(`login failed: ${given['TOKEN']}`);
        },
      ],
    ]);
    const { outcome, log, progress } = await workshop.attempt(
      { type: 'function', config: { name: 'leak' } },
      { context: { secrets }, ports: { functions } },
    );
    expect(lines).toEqual([value]);
    expect(outcome.failure?.message).toBe('login failed: ***');
    expectSecret(`${outcome.failure?.detail} ${log} ${JSON.stringify(progress)}`);
  });
});
