import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Workshop, type Attempted, type AttemptOptions } from '../handlers/test-attempt.ts';
import type { PluginTarget } from '../model/job.ts';
import { loadPlugins } from './load-plugins.ts';

const workshop = new Workshop();
afterAll(() => workshop.close());

let made = 0;

/** Writes lines as a plugin's program would, and ends as it is told to. */
async function play(
  body: string,
  { config = {}, ...options }: AttemptOptions & { readonly config?: PluginTarget['config'] } = {},
): Promise<Attempted> {
  const folder = join(workshop.folder, `plugin-${++made}`);
  mkdirSync(folder);
  const manifest = {
    protocol: 1,
    id: 'sample',
    label: 'Sample',
    description: 'A sample.',
    command: ['node', 'plugin.mjs'],
    env: { COLOUR: 'red' },
    schema: { type: 'object', properties: { name: { type: 'string', default: 'world' } } },
  };
  const prelude = `
    import { readFileSync } from 'node:fs';
    const [hello, execute] = readFileSync(0, 'utf8').trim().split('\\n').map((line) => JSON.parse(line));
    const say = (line) => process.stdout.write((typeof line === 'string' ? line : JSON.stringify(line)) + '\\n');
    const greet = () => say({ kind: 'hello', protocol: 1 });
  `;
  writeFileSync(join(folder, 'plugin.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'plugin.mjs'), `${prelude}\n${body}`);
  const types = await loadPlugins({ sources: [folder], cwd: '/', nodePath: process.execPath, path: '' });
  expect(types.plugins).toMatchObject([{ types: ['sample'], problem: null }]);
  const target = { type: 'sample', config } as const;
  return workshop.attempt(target, { ...options, handlers: types.handlers() });
}

describe('a plugin that keeps to its protocol', () => {
  it('is told what to do, logs, tells its progress and has its result taken', async () => {
    const { outcome, log, progress, started } = await play(
      `greet();
       say({ kind: 'log', message: 'Hello, ' + execute.config.name + '.' });
       say({ kind: 'log', level: 'error', message: 'red' });
       process.stderr.write('plain words\\n');
       say({ kind: 'progress', fraction: 0.5, message: 'half' });
       const { config, job_id, attempt, fence, due_at } = execute;
       const result = { hello, config, job_id, attempt, fence, due_at, colour: process.env.COLOUR, secret: process.env.AWS_SECRET_ACCESS_KEY ?? null };
       say({ kind: 'result', result, summary: 'greeted one' });`,
      { config: {} },
    );
    expect(outcome).toMatchObject({ outcome: 'succeeded', exitCode: 0, failure: null });
    expect(outcome.result).toEqual({
      hello: { kind: 'hello', protocol: 1 },
      config: { name: 'world' },
      job_id: 'job-1',
      attempt: 2,
      fence: 5,
      due_at: '2026-01-15T12:00:00Z',
      colour: 'red',
      secret: null,
    });
    expect(log.split('\n').toSorted()).toEqual(['stderr: plain words', 'stderr: red', 'stdout: Hello, world.']);
    expect(progress.map(({ fraction, message }) => [fraction, message])).toEqual([
      [0.5, 'half'],
      [1, 'greeted one'],
    ]);
    expect(started).toBe(1);
  });

  it('says why it failed, and whether and when trying again helps', async () => {
    const { outcome } = await play(
      `greet(); say({ kind: 'fail', message: 'Too many calls.', category: 'api_limit', retryable: true, retry_after_seconds: 90 });`,
    );
    expect(outcome).toMatchObject({
      outcome: 'failed',
      reason: null,
      failure: { category: 'api_limit', message: 'Too many calls.' },
      retryable: true,
      retryAfterMs: 90_000,
    });
  });

  it('is not started when its configuration no longer fits', async () => {
    const { outcome, started } = await play('greet();', { config: { name: 3, colour: 'red' } });
    expect(outcome).toMatchObject({ outcome: 'not_started', reason: 'config_refused', retryable: false });
    expect(outcome.failure).toMatchObject({
      category: 'config_error',
      message:
        'The job type sample does not take its configuration: config.colour is not known; name are; config.name must be a text.',
    });
    expect(started).toBe(0);
  });

  it('is ended at its time limit, and asked to by SIGTERM first', async () => {
    const { outcome, log } = await play(
      `greet(); process.on('SIGTERM', () => { say({ kind: 'log', message: 'asked to end' }); process.exit(0); }); setInterval(() => {}, 1000);`,
      { context: { timeoutMs: 700 } },
    );
    expect(outcome).toMatchObject({ outcome: 'timed_out', failure: { category: 'timeout' } });
    expect(log).toContain('stdout: asked to end');
  });

  it('leaves nothing of what it was told behind', async () => {
    await play(`greet(); say({ kind: 'result' });`);
    const files = readdirSync(join(workshop.folder, 'logs'), { recursive: true }).map(String);
    expect(files.filter((file) => file.endsWith('input.jsonl'))).toEqual([]);
  });
});

describe('a plugin that breaks its protocol fails, and is told what was expected and what came', () => {
  it.each([
    [
      'words that are no JSON',
      `greet(); say('Traceback: no');`,
      'Line 2 is not JSON: Traceback: no. Expected an object such as {"kind":"log","message":"…"}.',
    ],
    [
      'a list',
      `greet(); say([1]);`,
      'Line 2 is no JSON object: [1]. Expected one such as {"kind":"log","message":"…"}.',
    ],
    [
      'an unknown kind',
      `greet(); say({ kind: 'done' });`,
      'Line 2 has the kind "done"; expected one of hello, log, progress, result, fail.',
    ],
    [
      'no kind',
      `greet(); say({ status: 'ok' });`,
      'Line 2 has no kind; expected one of hello, log, progress, result, fail.',
    ],
    [
      'no hello',
      `say({ kind: 'result' });`,
      'Line 1 has the kind "result"; expected {"kind":"hello","protocol":1} first.',
    ],
    ['two hellos', `greet(); greet();`, 'Line 2 is a second hello; expected one, as the first line.'],
    [
      'two finals',
      `greet(); say({ kind: 'result' }); say({ kind: 'fail', message: 'no' });`,
      'Line 3 (fail) came after the final line 2 (result); expected nothing more.',
    ],
    [
      'a wrong fraction',
      `greet(); say({ kind: 'progress', fraction: 40 });`,
      'Line 2 has the fraction 40; expected a number from 0 to 1, or null.',
    ],
    ['a fail without words', `greet(); say({ kind: 'fail' });`, 'Line 2 is a fail without a text as its message.'],
    [
      'a line without end',
      `greet(); process.stdout.write('x'.repeat(300000));`,
      'Line 2 is longer than 262144 bytes, the most a line may have.',
    ],
  ])('%s', async (_, body, sentence) => {
    const { outcome, log } = await play(`${body} setInterval(() => {}, 1000);`);
    expect(outcome).toMatchObject({ outcome: 'failed', reason: 'protocol_broken', retryable: true });
    expect(outcome.failure).toMatchObject({
      category: 'script_error',
      message: `The plugin broke its protocol. ${sentence}`,
    });
    expect(log).toContain(`system: --- the plugin broke its protocol: ${sentence} ---`);
  });

  it('another version, which trying again does not mend', async () => {
    const { outcome } = await play(`say({ kind: 'hello', protocol: 2 });`);
    expect(outcome).toMatchObject({ outcome: 'failed', retryable: false, failure: { category: 'config_error' } });
    expect(outcome.failure?.message).toBe('The plugin broke its protocol. Line 1 offers protocol 2; expected 1.');
  });

  it('an end without a final line, by any exit', async () => {
    const silent = await play('');
    expect(silent.outcome).toMatchObject({ outcome: 'failed', failure: { category: 'script_error' } });
    expect(silent.outcome.failure?.message).toMatch(
      /^Exit 0 after .* without a final line: expected one result or fail as its last line, it wrote no line\.$/,
    );
    const early = await play(`greet(); console.error('connection refused'); process.exit(3);`);
    expect(early.outcome).toMatchObject({ exitCode: 3, failure: { category: 'network_error' } });
    expect(early.outcome.failure?.message).toMatch(/^Exit 3 after .*, the last of its 1 lines was neither\.$/);
  });

  it('a result before an exit that says otherwise', async () => {
    const { outcome } = await play(`greet(); say({ kind: 'result', result: 1 }); process.exitCode = 4;`);
    expect(outcome).toMatchObject({ outcome: 'failed', exitCode: 4, reason: 'protocol_broken', result: null });
    expect(outcome.failure?.message).toContain('told a result and then ended otherwise than with exit 0: Exit 4');
  });
});
