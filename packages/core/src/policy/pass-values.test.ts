import { expect, test } from 'vitest';
import type { Parameter } from '../model/job.ts';
import { passValues } from './pass-values.ts';

const upstream = { id: 7, createdAt: 1 };
const parameter = (overrides: Partial<Parameter> = {}): Parameter => ({
  name: 'file',
  type: 'string',
  required: false,
  default: null,
  choices: null,
  pattern: null,
  description: null,
  ...overrides,
});
const result = { file: '/a', rows: 42, ok: true, none: null, files: [{ name: 'first' }], sizes: [1, 2] };

test.each<readonly [what: string, field: string, of: Partial<Parameter>, expected: unknown]>([
  ['a field', 'file', {}, { file: '/a' }],
  ['a place in a list', 'files.0.name', {}, { file: 'first' }],
  ['a number in its type', 'rows', { type: 'integer' }, { file: 42 }],
  ['a number where a text is wanted', 'rows', {}, { file: '42' }],
  ['a flag', 'ok', { type: 'boolean' }, { file: true }],
  ['the default for what is not there', 'nothing', { default: 'x' }, { file: 'x' }],
  ['the default for null', 'none', { default: 'x', required: true }, { file: 'x' }],
  ['the default for what does not fit', 'file', { pattern: 'b+', default: 'bb' }, { file: 'bb' }],
  ['the default for a list', 'sizes', { default: 'x' }, { file: 'x' }],
  ['nothing without a default', 'nothing', {}, {}],
  ['nothing for what every object has', 'constructor.name', {}, {}],
  ['nothing for the length of a text', 'file.length', {}, {}],
  ['missing when it is required', 'nothing', { required: true }, 'missing'],
  ['missing when it is required and does not fit', 'file', { required: true, type: 'number' }, 'missing'],
])('passes %s', (_, field, of, expected) => {
  const dependsOn = {
    mode: 'all_success',
    jobs: [upstream],
    windowSeconds: null,
    pass: [{ parameter: 'file', job: upstream, field }],
  } as const;
  const passed = passValues({ dependsOn, parameters: [parameter(of)] }, new Map([[upstream.id, result]]));
  expect(passed).toEqual(
    expected === 'missing' ? { kind: 'missing', jobId: upstream.id } : { kind: 'values', values: expected },
  );
});

test('parameters that take nothing have their defaults, and one that is required and has none stays without', () => {
  const parameters = [parameter({ default: 'x' }), parameter({ name: 'other', required: true })];
  expect(passValues({ dependsOn: null, parameters }, new Map())).toEqual({ kind: 'values', values: { file: 'x' } });
});
