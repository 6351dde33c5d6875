import { expect, test } from 'vitest';
import { JobInput, type Job } from 'job-trigger-contract';
import { draftOf, emptyDraft, inputOf, startedAs } from './job-draft.ts';

const saved = {
  id: '019a0000-0000-7000-8000-000000000001',
  name: 'nightly',
  description: null,
  type: 'script',
  config: { script: 'backup.sh', args: ['--full', 'a b'], env: { LEVEL: '9', EMPTY: '' }, working_dir: null },
  tags: ['db'],
  schedules: [
    {
      id: '019a0000-0000-7000-8000-000000000002',
      name: null,
      kind: 'daily',
      times: ['09:00'],
      timezone: 'Asia/Hong_Kong',
      active: true,
      priority: 0,
      description: 'Every day at 09:00',
      next_due_at: '2026-11-25T01:00:00Z',
    },
  ],
  timeout_seconds: null,
  kill_grace_seconds: 10,
  on_lost: 'fail',
  overlap: 'allow',
  max_concurrent: null,
  priority: 'medium',
  queue: 'default',
  worker_labels: ['gpu'],
  locks: ['licence'],
  artifacts: null,
  hooks: null,
  secrets: { TOKEN: 'api.token' },
  breaker: null,
  depends_on: null,
  catch_up: { policy: 'last', window_seconds: 86_400, max: 10 },
  retry: { max_attempts: 3, strategy: 'fixed', delay_seconds: 300 },
  parameters: [{ name: 'file', required: true }],
} as unknown as Job;

test('a saved job goes through the form unchanged', () => {
  const input = inputOf(draftOf(saved));
  expect(input).toMatchObject({
    name: 'nightly',
    config: saved.config,
    timeout_seconds: null,
    max_concurrent: null,
    retry: saved.retry,
    parameters: saved.parameters,
    secrets: saved.secrets,
    schedules: [{ id: saved.schedules[0]?.id, kind: 'daily', times: ['09:00'], timezone: 'Asia/Hong_Kong' }],
  });
  expect(input.schedules?.[0]).not.toHaveProperty('next_due_at');
  expect(() => JobInput.parse(input)).not.toThrow();
});

test('a copy takes nothing that names the original', () => {
  const input = inputOf(draftOf(saved, { copy: true }));
  expect(input.name).toBe('nightly (copy)');
  expect(input.schedules?.[0]).not.toHaveProperty('id');
});

test('an HTTP job keeps method, headers, body and statuses', () => {
  const config = {
    method: 'POST',
    url: 'https://example.org/a',
    headers: { 'x-kind': 'a: b' },
    body: '{"a":1}',
    expected_status: [200, 204],
  };
  expect(inputOf(draftOf({ ...saved, type: 'http', config })).config).toEqual(config);
});

test('a new job leaves its time-out to the worker', () => {
  expect(inputOf({ ...emptyDraft, name: 'a', script: 'a.sh' }).timeout_seconds).toBeNull();
});

test('an empty form sends no arguments and no variables', () => {
  expect(inputOf({ ...emptyDraft, name: 'a', script: 'a.sh' }).config).toEqual({
    script: 'a.sh',
    args: [],
    env: {},
    working_dir: null,
  });
});

test('a row that was only begun is not sent; an empty argument between others is', () => {
  const draft = {
    ...emptyDraft,
    args: ['', '--to', 'a b', ''],
    env: [
      { name: ' LEVEL ', value: '9' },
      { name: '', value: '' },
    ],
  };
  expect(inputOf(draft).config).toMatchObject({ args: ['', '--to', 'a b'], env: { LEVEL: '9' } });
});

test('an address may name the script, the name and the rhythm of a new job', () => {
  const asked = { script: 'backup.mjs', name: 'Back up', type: undefined, schedule: 'daily' };
  expect(inputOf(startedAs(asked))).toMatchObject({
    name: 'Back up',
    config: { script: 'backup.mjs' },
    schedules: [{ kind: 'daily', times: ['09:00'] }],
  });
  const nothing = { script: undefined, name: undefined, type: undefined, schedule: undefined };
  expect(startedAs(nothing)).toEqual(emptyDraft);
});
