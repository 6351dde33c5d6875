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

type Kind = HttpAssertion['kind'];
type Of<K extends Kind> = Extract<HttpAssertion, { kind: K }>;
type Refusal = readonly [field: string, message: string] | null;

const emptyText = 'is empty: every body would do';

/** Why an assertion can never hold or be tried, with its field; null when it can. */
const refusals: { readonly [K in Kind]: (assertion: Of<K>) => Refusal } = {
  body_contains: ({ text }) => (text === '' ? ['text', emptyText] : null),
  body_matches({ pattern }) {
    const unreadable = pattern === '' ? emptyText : refusePattern(pattern, mostPatternSteps);
    return unreadable === null ? null : ['pattern', unreadable];
  },
  json_equals: ({ path }) =>
    readJsonPath(path) === null ? ['path', 'is no path such as $.status, $.items[0].name or $["a name"]'] : null,
  header_equals: ({ name }) => (/^[\w!#$%&'*+.^`|~-]+$/.test(name) ? null : ['name', 'is no name of a header']),
  max_duration: ({ seconds }) => (seconds > 0 ? null : ['seconds', 'must be more than 0']),
};

const refuse = (assertion: HttpAssertion): Refusal =>
  (refusals[assertion.kind] as (assertion: HttpAssertion) => Refusal)(assertion);

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

type Judged = readonly [check: string, found: string | null];

/** What is asked, and null or what was found instead. */
const judges: { readonly [K in Kind]: (assertion: Of<K>, answer: AssertedAnswer) => Judged } = {
  body_contains: ({ text }, answer) => [
    `Body contains ${quoted(text)}`,
    answer.body.includes(text) ? null : bodyWords(answer),
  ],
  body_matches: ({ pattern }, answer) => [
    `Body matches ${told(pattern)}`,
    findsPattern(pattern, answer.body.slice(0, patternedCharacters)) ? null : bodyWords(answer),
  ],
  json_equals({ path, value: wanted }, answer) {
    const { value, why } = jsonAt(path, answer);
    const found = why ?? (value === wanted ? null : `It is ${told(JSON.stringify(value))}.`);
    return [`${path} is ${told(JSON.stringify(wanted))}`, found];
  },
  header_equals({ name, value: wanted }, { headers }) {
    const given = headers[name.toLowerCase()];
    const value = typeof given === 'object' ? given.join(', ') : given;
    const found = value === undefined ? 'There is no such header.' : `It is ${quoted(value)}.`;
    return [`Header ${name} is ${quoted(wanted)}`, value === wanted ? null : found];
  },
  max_duration({ seconds }, { tookMs }) {
    const took = tookMs / 1000;
    return [`Answered within ${seconds} s`, took <= seconds ? null : `It took ${took.toFixed(3)} s.`];
  },
};

const judgeOne = (assertion: HttpAssertion, answer: AssertedAnswer): Judged =>
  (judges[assertion.kind] as (assertion: HttpAssertion, answer: AssertedAnswer) => Judged)(assertion, answer);

/** Every assertion with its verdict, in their order. */
export function judgeAnswer(assertions: readonly HttpAssertion[], answer: AssertedAnswer): readonly Verdict[] {
  return assertions.map((assertion) => {
    const [check, found] = judgeOne(assertion, answer);
    return { check, ok: found === null, found };
  });
}
