/** What must hold of an answer besides its status: read, checked when the job is saved, and judged. Pure. */
import { invalidField } from '../errors.ts';
import { httpAssertionKinds, type HttpAssertion } from '../model/job.ts';
import { findsPattern, refusePattern } from '../model/value-pattern.ts';
import { atJsonPath, readJsonPath } from './json-path.ts';

const mostAssertions = 20;
/** Patterns are tried on so much of a body, and have so many steps at most: together some tenths of a second. */
const patternedCharacters = 65_536;
const mostPatternSteps = 100;
/** What a verdict tells of an answer, which may hold anything. */
const toldCharacters = 200;

/** What an answer was, as far as assertions ask. */
export interface AssertedAnswer {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As text, as far as it was kept. */
  readonly body: string;
  /** The other side had more to say than was kept. */
  readonly cut: boolean;
  readonly tookMs: number;
}

/** How one assertion turned out. */
export interface Verdict {
  /** What was asked for, in words. */
  readonly check: string;
  readonly ok: boolean;
  /** What was found; null where it holds. */
  readonly found: string | null;
}

type Fields = Readonly<Record<string, unknown>>;

const needed: Readonly<Record<HttpAssertion['kind'], readonly (readonly [field: string, types: readonly string[]])[]>> =
  {
    body_contains: [['text', ['string']]],
    body_matches: [['pattern', ['string']]],
    json_equals: [
      ['path', ['string']],
      ['value', ['string', 'number', 'boolean', 'null']],
    ],
    header_equals: [
      ['name', ['string']],
      ['value', ['string']],
    ],
    max_duration: [['seconds', ['number']]],
  };

const isKind = (kind: unknown): kind is HttpAssertion['kind'] =>
  (httpAssertionKinds as readonly unknown[]).includes(kind);

function readOne(given: unknown, path: string): HttpAssertion {
  const fields = (typeof given === 'object' && given !== null ? given : {}) as Fields;
  const { kind } = fields;
  if (!isKind(kind)) throw invalidField(`${path}.kind`, `is none of ${httpAssertionKinds.join(', ')}`);
  const entries = needed[kind].map(([name, types]) => {
    const value = fields[name];
    if (!types.includes(value === null ? 'null' : typeof value))
      throw invalidField(`${path}.${name}`, value === undefined ? 'is needed' : `must be a ${types.join(' or ')}`);
    return [name, value] as const;
  });
  return { kind, ...Object.fromEntries(entries) } as HttpAssertion;
}

/** Assertions as a caller gives them. @throws `invalid` naming the field */
export function readAssertions(given: unknown): readonly HttpAssertion[] {
  if (!Array.isArray(given)) throw invalidField('config.assertions', 'must be a list');
  return given.map((one, at) => readOne(one, `config.assertions.${at}`));
}

/** Why an assertion can never hold or be tried, with its field; null when it can. */
function refuse(assertion: HttpAssertion): readonly [field: string, message: string] | null {
  switch (assertion.kind) {
    case 'body_contains':
      return assertion.text === '' ? ['text', 'is empty: every body would do'] : null;
    case 'body_matches': {
      const { pattern } = assertion;
      const unreadable = pattern === '' ? 'is empty: every body would do' : refusePattern(pattern, mostPatternSteps);
      return unreadable === null ? null : ['pattern', unreadable];
    }
    case 'json_equals':
      return readJsonPath(assertion.path) === null
        ? ['path', 'is no path such as $.status, $.items[0].name or $["a name"]']
        : null;
    case 'header_equals':
      return /^[\w!#$%&'*+.^`|~-]+$/.test(assertion.name) ? null : ['name', 'is no name of a header'];
    case 'max_duration':
      return assertion.seconds > 0 ? null : ['seconds', 'must be more than 0'];
  }
}

/** @throws `invalid` naming the field */
export function checkAssertions(assertions: readonly HttpAssertion[]): void {
  if (assertions.length > mostAssertions)
    throw invalidField('config.assertions', `has ${assertions.length}; ${mostAssertions} are allowed`);
  assertions.forEach((assertion, at) => {
    const refusal = refuse(assertion);
    if (refusal !== null) throw invalidField(`config.assertions.${at}.${refusal[0]}`, refusal[1]);
  });
}

function told(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  const characters = Array.from(text);
  return characters.length > toldCharacters ? `${characters.slice(0, toldCharacters).join('')}…` : text;
}

const quoted = (text: string): string => `“${told(text)}”`;
const bodyWords = ({ body }: AssertedAnswer): string =>
  body === '' ? 'The body is empty.' : `It begins ${quoted(body)}.`;

function jsonAt(path: string, { body, cut }: AssertedAnswer): { readonly value?: unknown; readonly why?: string } {
  if (cut) return { why: 'The answer is longer than 1 MB and was not read to its end.' };
  try {
    const value = atJsonPath(JSON.parse(body), path);
    return value === undefined ? { why: 'Nothing is there.' } : { value };
  } catch {
    return { why: `The body is no JSON. ${body === '' ? 'It is empty.' : `It begins ${quoted(body)}.`}` };
  }
}

/** What is asked, and null or what was found instead. */
function judgeOne(assertion: HttpAssertion, answer: AssertedAnswer): readonly [check: string, found: string | null] {
  switch (assertion.kind) {
    case 'body_contains':
      return [
        `Body contains ${quoted(assertion.text)}`,
        answer.body.includes(assertion.text) ? null : bodyWords(answer),
      ];
    case 'body_matches': {
      const tried = answer.body.slice(0, patternedCharacters);
      return [
        `Body matches ${told(assertion.pattern)}`,
        findsPattern(assertion.pattern, tried) ? null : bodyWords(answer),
      ];
    }
    case 'json_equals': {
      const { value, why } = jsonAt(assertion.path, answer);
      const wanted = JSON.stringify(assertion.value);
      const found = why ?? (value === assertion.value ? null : `It is ${told(JSON.stringify(value))}.`);
      return [`${assertion.path} is ${told(wanted)}`, found];
    }
    case 'header_equals': {
      const given = answer.headers[assertion.name.toLowerCase()];
      const value = typeof given === 'object' ? given.join(', ') : given;
      const found = value === undefined ? 'There is no such header.' : `It is ${quoted(value)}.`;
      return [`Header ${assertion.name} is ${quoted(assertion.value)}`, value === assertion.value ? null : found];
    }
    case 'max_duration': {
      const took = answer.tookMs / 1000;
      const found = took <= assertion.seconds ? null : `It took ${took.toFixed(3)} s.`;
      return [`Answered within ${assertion.seconds} s`, found];
    }
  }
}

/** Every assertion with its verdict, in their order. */
export function judgeAnswer(assertions: readonly HttpAssertion[], answer: AssertedAnswer): readonly Verdict[] {
  return assertions.map((assertion) => {
    const [check, found] = judgeOne(assertion, answer);
    return { check, ok: found === null, found };
  });
}
