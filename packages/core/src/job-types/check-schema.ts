/** Refuses a schema that no form could be made of, before any job is written with it. */
import { refusePattern } from '../model/value-pattern.ts';
import { checkField } from './check-config.ts';
import { textFormats, type ConfigField } from './config-schema.ts';

type Problem = (path: string, message: string) => void;
type Raw = Readonly<Record<string, unknown>>;

const fieldName = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const kinds = ['string', 'number', 'integer', 'boolean', 'array', 'object'];
const described = ['type', 'title', 'description'];
const known: Readonly<Record<string, readonly string[]>> = {
  string: ['enum', 'default', 'minLength', 'maxLength', 'pattern', 'format'],
  number: ['enum', 'default', 'minimum', 'maximum'],
  integer: ['enum', 'default', 'minimum', 'maximum'],
  boolean: ['default'],
  array: ['items', 'default', 'minItems', 'maxItems'],
  pairs: ['additionalProperties', 'default'],
  group: ['properties', 'required', 'additionalProperties'],
};
const item = ['enum', 'minLength', 'maxLength', 'pattern'];

const isRecord = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText);

/** What is wrong with it, one sentence a fault with its place; none when it can be used. */
export function schemaFaults(schema: unknown): readonly string[] {
  const faults: string[] = [];
  const problem: Problem = (path, message) => void faults.push(`${path}: ${message}`);
  if (!isRecord(schema) || schema['type'] !== 'object' || !isRecord(schema['properties']))
    return ['schema: must be {"type": "object", "properties": {…}}'];
  refuseUnknown(schema, [...(known['group'] ?? []), '$schema'], 'schema', problem);
  checkFields(schema, 'schema', problem, true);
  return faults;
}

function refuseUnknown(field: Raw, allowed: readonly string[], path: string, problem: Problem): void {
  for (const word of Object.keys(field))
    if (!allowed.includes(word) && !described.includes(word))
      problem(path, `"${word}" is not understood; ${allowed.join(', ')} are`);
  for (const word of ['title', 'description'])
    if (field[word] !== undefined && !isText(field[word])) problem(`${path}.${word}`, 'must be a text');
}

/** The fields of the whole, or of a group in it. */
function checkFields(of: Raw, path: string, problem: Problem, mayGroup: boolean): void {
  const properties = of['properties'] as Raw;
  const names = Object.keys(properties);
  for (const name of names) {
    const place = `${path}.properties.${name}`;
    if (!fieldName.test(name)) problem(place, 'a name is 1 to 64 letters, digits, _ and -, beginning with a letter');
    checkOne(properties[name], place, problem, mayGroup);
  }
  const required = of['required'] ?? [];
  if (!isTexts(required)) problem(`${path}.required`, 'must be a list of names');
  else
    for (const name of required)
      if (!names.includes(name)) problem(`${path}.required`, `"${name}" is none of the properties`);
  if (of['additionalProperties'] !== undefined && of['additionalProperties'] !== false)
    problem(`${path}.additionalProperties`, 'must be false beside properties, or left out');
}

function checkOne(field: unknown, path: string, problem: Problem, mayGroup: boolean): void {
  if (!isRecord(field)) return problem(path, 'must be an object with a type');
  const type = field['type'];
  if (!isText(type) || !kinds.includes(type)) return problem(`${path}.type`, `must be one of ${kinds.join(', ')}`);
  const kind = type !== 'object' ? type : field['properties'] === undefined ? 'pairs' : 'group';
  refuseUnknown(field, known[kind] ?? [], path, problem);
  if (kind === 'group') {
    if (!mayGroup) return problem(path, 'a group inside a group is not understood: one level is');
    if (!isRecord(field['properties'])) return problem(`${path}.properties`, 'must be an object');
    return checkFields(field, path, problem, false);
  }
  checkWords(kind, field, path, problem);
}

const checks: Readonly<Record<string, (field: Raw, path: string, problem: Problem) => void>> = {
  string: checkText,
  number: checkNumber,
  integer: checkNumber,
  array: checkItems,
  pairs: checkPairs,
};

/** What belongs to one kind of field, and at last its default by the very rules that it will be checked with. */
function checkWords(kind: string, field: Raw, path: string, problem: Problem): void {
  let sound = true;
  checks[kind]?.(field, path, (place, message) => {
    sound = false;
    problem(place, message);
  });
  if (!sound || field['default'] === undefined) return;
  for (const fault of checkField(field as unknown as ConfigField, field['default'], ''))
    problem(`${path}.default`, fault.message);
}

function checkPairs(field: Raw, path: string, problem: Problem): void {
  const values = field['additionalProperties'];
  if (!isRecord(values) || values['type'] !== 'string' || Object.keys(values).length !== 1)
    problem(`${path}.additionalProperties`, 'must be {"type": "string"}, or properties must be named');
}

function checkText(field: Raw, path: string, problem: Problem): void {
  const { pattern, format } = field;
  const choices = field['enum'];
  if (choices !== undefined && !isChoice(choices)) problem(`${path}.enum`, 'must be a list of different texts');
  for (const word of ['minLength', 'maxLength']) checkCount(field, word, path, problem);
  const unreadable = pattern === undefined ? null : refusalOf(pattern);
  if (unreadable !== null) problem(`${path}.pattern`, unreadable);
  if (format !== undefined && !textFormats.includes(format as never))
    problem(`${path}.format`, `must be one of ${textFormats.join(', ')}`);
}

function isChoice(choices: unknown): boolean {
  return isTexts(choices) && choices.length > 0 && new Set(choices).size === choices.length;
}

function refusalOf(pattern: unknown): string | null {
  return isText(pattern) && pattern.length <= 500 ? refusePattern(pattern) : 'must have at most 500 characters';
}

function checkCount(field: Raw, word: string, path: string, problem: Problem): void {
  const value = field[word];
  if (value !== undefined && (!Number.isInteger(value) || (value as number) < 0))
    problem(`${path}.${word}`, 'must be a whole number from 0');
}

function checkNumber(field: Raw, path: string, problem: Problem): void {
  for (const word of ['minimum', 'maximum'])
    if (field[word] !== undefined && !Number.isFinite(field[word])) problem(`${path}.${word}`, 'must be a number');
  const choices = field['enum'];
  if (choices !== undefined && (!Array.isArray(choices) || choices.length === 0 || !choices.every(Number.isFinite)))
    problem(`${path}.enum`, 'must be a list of numbers');
}

function checkItems(field: Raw, path: string, problem: Problem): void {
  const of = field['items'];
  if (!isRecord(of) || of['type'] !== 'string') return problem(`${path}.items`, 'must be {"type": "string"}');
  refuseUnknown(of, item, `${path}.items`, problem);
  checkText(of, `${path}.items`, problem);
  for (const word of ['minItems', 'maxItems']) checkCount(field, word, path, problem);
}
