import { expect, expectTypeOf, test } from 'vitest';
import { JobTriggerError } from '../errors.ts';
import { configFaults, withDefaults } from './check-config.ts';
import { schemaFaults } from './check-schema.ts';
import type { ConfigOf, ConfigSchema } from './config-schema.ts';
import { defineJobType, pluginBreaker } from './job-type.ts';
import { jobTypesOf } from './registry.ts';

const feed = defineJobType({
  id: 'feed-check',
  label: 'Feed check',
  description: 'Reads a feed.',
  schema: {
    type: 'object',
    properties: {
      url: { type: 'string', format: 'uri' },
      depth: { type: 'integer', minimum: 1, maximum: 9, default: 3 },
      mode: { type: 'string', enum: ['quick', 'full'], default: 'quick' },
      tags: { type: 'array', items: { type: 'string', pattern: '[a-z]+' }, maxItems: 2 },
      headers: { type: 'object', additionalProperties: { type: 'string' } },
      limits: { type: 'object', properties: { mb: { type: 'number', default: 5 }, wait: { type: 'number' } } },
    },
    required: ['url'],
  },
  defaults: { schedule: { kind: 'daily', times: ['06:00'] } },
  execute: ({ config }) => {
    expectTypeOf(config).toEqualTypeOf<{
      readonly url: string;
      readonly depth: number;
      readonly mode: 'quick' | 'full';
      readonly tags?: readonly string[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly limits?: { readonly mb: number; readonly wait?: number };
    }>();
    return config.url;
  },
});

test('a type of code is complete once it is registered', () => {
  const types = jobTypesOf([feed]);
  expect(types.get('feed-check')).toMatchObject({
    frequencyText: 'Daily at 06:00',
    origin: 'code',
    cannotRun: null,
    defaults: { retry: null, breaker: pluginBreaker, timeoutSeconds: null },
  });
  expect(types.labels()).toEqual(['type:feed-check']);
  expect(types.all().map(({ id }) => id)).toEqual(['script', 'command', 'http', 'function', 'feed-check']);
  expect(types.refusal('feed')).toContain("'feed' is not known; script, command, http, function, feed-check are");
});

test.each([
  [{ id: 'Feed' }, 'id: must be 2 to 40 lower-case letters'],
  [{ id: 'http' }, 'id: is that of a type that comes with the product'],
  [{ label: ' ' }, 'label: must be a text that says something'],
  [{ execute: undefined as never }, 'execute: must be a function'],
  [{ defaults: { schedule: { kind: 'daily', times: ['25:00'] } } }, 'defaults.schedule: '],
  [{ defaults: { breaker: { consecutive: 0, recent: null, periodDays: 7 } } }, 'defaults.breaker.consecutive: must be'],
  [{ defaults: { timeout: 3 } as never }, 'defaults.timeout: is not understood'],
])('a type with %j is refused, and told why', (change, sentence) => {
  const register = (): unknown => jobTypesOf([{ ...feed, ...change }]);
  expect(register).toThrow(JobTriggerError);
  expect(register).toThrow(sentence);
});

test('two types of one id are refused', () => {
  expect(() => jobTypesOf([feed, feed])).toThrow('Job type "feed-check": is the id of another type.');
});

const one = (field: object): object => ({ type: 'object', properties: { field } });
test.each<readonly [object | string, string]>([
  ['text', 'schema: must be {"type": "object", "properties": {…}}'],
  [one({ type: 'null' }), 'schema.properties.field.type: must be one of string, number'],
  [one({ type: 'string', format: 'date' }), 'schema.properties.field.format: must be one of uri, password, multiline'],
  [one({ type: 'string', minimum: 1 }), 'schema.properties.field: "minimum" is not understood'],
  [one({ type: 'string', pattern: '(?=a)' }), 'schema.properties.field.pattern: '],
  [one({ type: 'integer', default: 1.5 }), 'schema.properties.field.default: must be a whole number'],
  [one({ type: 'array', items: { type: 'number' } }), 'schema.properties.field.items: must be {"type": "string"}'],
  [one({ type: 'object', additionalProperties: true }), 'schema.properties.field.additionalProperties: must be'],
  [one({ ...one({ ...one({ type: 'string' }) }) }), 'a group inside a group is not understood'],
  [{ ...one({ type: 'string' }), required: ['name'] }, 'schema.required: "name" is none of the properties'],
  [{ ...one({ type: 'string' }), oneOf: [] }, 'schema: "oneOf" is not understood'],
])('the schema %j is refused, and told why', (schema, sentence) => {
  expect(schemaFaults(schema).join('; ')).toContain(sentence);
});

test('a configuration gets its defaults, and every fault its path', () => {
  const { schema } = feed;
  expect(withDefaults(schema, { url: 'https://example.org/' })).toEqual({
    url: 'https://example.org/',
    depth: 3,
    mode: 'quick',
    limits: { mb: 5 },
  });
  const wrong = {
    url: 'ftp://x',
    depth: 10,
    mode: 'slow',
    tags: ['a', 'B'],
    headers: { a: 1 },
    limits: { wait: 'x' },
    more: 1,
  };
  expect(configFaults(schema, wrong).map(({ path, message }) => `${path} ${message}`)).toEqual([
    'config.more is not known; url, depth, mode, tags, headers, limits are',
    'config.url must be an address such as https://example.org/feed',
    'config.depth must be at most 9',
    'config.mode must be one of quick, full',
    'config.tags.1 must match [a-z]+',
    'config.headers.a must be a text',
    'config.limits.wait must be a number',
  ]);
  expect(configFaults(schema, {})).toEqual([{ path: 'config.url', message: 'is needed' }]);
});

test('names of a configuration that every object has are no exception', () => {
  const faults = configFaults(feed.schema, { url: 'https://example.org/', constructor: 1, toString: 'x' });
  expect(faults.map(({ path }) => path)).toEqual(['config.constructor', 'config.toString']);
});

test('the schema of a list of types holds any of them', () => {
  expectTypeOf<ConfigOf<ConfigSchema>>().toExtend<object>();
});
