/** JSON as hostile input: what two parsers could read differently is refused (`SECURITY.md` C6, C7). */
import type { FastifyInstance } from 'fastify';
import { JobTriggerError } from 'job-trigger-core';

const deepest = 64;
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

/** @param path the key at fault; empty for the whole body */
function malformed(message: string, path = ''): JobTriggerError {
  return new JobTriggerError('malformed', message, { fields: [{ path, message }] });
}

/** Objects and lists that are open at a place of the text: the keys of an object so far, null for a list. */
type Open = (Set<string> | null)[];

function inspectKey(token: string, open: Open): void {
  const key = JSON.parse(token.slice(0, token.lastIndexOf('"') + 1)) as string;
  if (forbidden.has(key))
    throw new JobTriggerError('invalid', `The key ${key} is not accepted.`, {
      fields: [{ path: key, message: 'is not accepted' }],
    });
  const keys = open.at(-1);
  if (keys?.has(key) === true) throw malformed(`The key ${JSON.stringify(key)} stands twice in one object.`, key);
  keys?.add(key);
}

/** Walks the text once beside the parser's own result: depth, keys that stand twice, keys that reach prototypes. */
function inspect(text: string): void {
  const open: Open = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[[\]{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (token.endsWith(':')) inspectKey(token, open);
    if (open.length > deepest) throw malformed(`JSON is nested deeper than ${deepest} levels.`);
  }
}

/** No text in it, keys included, holds half a character. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, item]) => key.isWellFormed() && isWellFormed(item));
}

/** Reads a body strictly. @throws `malformed`, or `invalid` for keys that would reach a prototype */
export function parseStrictJson(bytes: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed('The body is not valid UTF-8.');
  }
  if (text.startsWith('\ufeff')) throw malformed('The body begins with a byte-order mark.');
  inspect(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed(`The body is no JSON: ${(error as Error).message}`);
  }
  if (!isWellFormed(value)) throw malformed('The body holds half a character (a lone surrogate).');
  return value;
}

export function strictJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      const bytes = body as Buffer;
      done(null, bytes.length === 0 ? undefined : parseStrictJson(bytes));
    } catch (error) {
      done(error as Error);
    }
  });
}
