import { describe, expect, test } from 'vitest';
import { differencesOf } from './audit-difference.ts';
import { masked } from './audit-mask.ts';

const changed = (before: object | null, after: object | null) =>
  Object.fromEntries(
    differencesOf(before as Record<string, unknown> | null, after as Record<string, unknown> | null).map(
      ({ field, ...values }) => [field, values],
    ),
  );

describe('differences', () => {
  test('name fields by their path, and only those that differ', () => {
    const before = { name: 'a', retry: { maxAttempts: 3, on: { timedOut: true } }, tags: ['x'], gone: 1 };
    const after = { name: 'a', retry: { maxAttempts: 5, on: { timedOut: true } }, tags: ['x', 'y'] };
    expect(changed(before, after)).toEqual({
      'retry.max_attempts': { before: 3, after: 5 },
      tags: { before: ['x'], after: ['x', 'y'] },
      gone: { before: 1, after: null },
    });
    expect(changed({ a: null }, { a: undefined })).toEqual({});
    expect(changed({ calendars: [] }, { calendars: [] })).toEqual({});
  });

  test('of a thing that is made or gone are all its fields; instants are told as such', () => {
    expect(changed(null, { name: 'a', pausedUntil: Date.UTC(2026, 0, 1) })).toEqual({
      name: { before: null, after: 'a' },
      paused_until: { before: null, after: '2026-01-01T00:00:00Z' },
    });
    expect(changed({ schedules: [{ kind: 'daily', times: ['09:00'] }] }, null)).toEqual({
      'schedules.0.kind': { before: 'daily', after: null },
      'schedules.0.times': { before: ['09:00'], after: null },
    });
  });

  test('keep names that are a person’s own, and cut what is long', () => {
    expect(Object.keys(changed(null, { config: { env: { MyLevel: '1' } } }))).toEqual(['config.env.MyLevel']);
    expect(String(changed(null, { note: 'x'.repeat(5000) })['note']?.after)).toHaveLength(2001);
    expect(
      differencesOf(null, Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`f${at}`, at]))),
    ).toHaveLength(200);
  });
});

describe('secrets are masked (SEC-H3)', () => {
  test('a change of one is told, and not what it was', () => {
    expect(changed({ secret: 'old' }, { secret: 'new' })).toEqual({ secret: { before: masked, after: masked } });
    expect(changed({ secret: 'same' }, { secret: 'same' })).toEqual({});
  });

  test.each([
    'secret',
    'formerSecret',
    'token',
    'password',
    'passwordHash',
    'hash',
    'apiKey',
    'clientSecret',
    'accessKey',
    'signature',
    'credentials',
    'passphrase',
  ])('by the name of the field: %s', (name) => {
    expect(JSON.stringify(differencesOf(null, { [name]: 'hunter2hunter2' }))).not.toContain('hunter2');
  });

  test.each([
    { env: { DB_PASSWORD: 'hunter2hunter2', API_KEY: 'hunter2hunter2', GITHUB_TOKEN: 'hunter2hunter2' } },
    { headers: { Authorization: 'hunter2hunter2', 'X-Api-Key': 'hunter2hunter2', Cookie: 'hunter2hunter2' } },
    { headers: { 'X-Custom': 'Bearer hunter2hunter2' } },
    { body: '{"any":"hunter2hunter2"}' },
    { url: 'https://mei:hunter2hunter2@example.org/path?sig=hunter2hunter2&x=hunter2hunter2#part' },
    { args: ['--token', 'hunter2hunter2', '--password=hunter2hunter2', 'API_KEY=hunter2hunter2'] },
    { argv: ['curl', '-H', 'Authorization: Bearer hunter2hunter2'] },
    { values: { nested: { secret: ['hunter2hunter2'] } } },
  ])('in a job’s configuration: %j', (config) => {
    const told = JSON.stringify([...differencesOf(null, { config }), ...differencesOf({ config }, null)]);
    expect(told).not.toContain('hunter2');
    expect(told).toContain(masked);
  });

  test('and what only sounds like one is told', () => {
    const plain = {
      url: 'https://example.org/path',
      timeoutSeconds: 300,
      maxAttempts: 3,
      args: ['--full', 'keyboard'],
    };
    expect(JSON.stringify(differencesOf(null, plain))).not.toContain(masked);
  });
});
