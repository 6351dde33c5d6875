/** `--set` of a new job: JSON as a whole, or `field=value` once for each, read as the schema of the type asks. */
import { wrongFlag } from './exit-status.ts';

type Raw = Readonly<Record<string, unknown>>;

const flag = '--set';

/** The object that all of them say together; a later one counts before an earlier one. */
export function configOf(given: readonly string[], schema: Raw): Record<string, unknown> {
  const config: Record<string, unknown> = {};
  for (const one of given) {
    if (one.trimStart().startsWith('{')) Object.assign(config, jsonOf(one, 'the object'));
    else place(config, schema, one);
  }
  return config;
}

function jsonOf(text: string, what: string): object {
  try {
    return JSON.parse(text) as object;
  } catch (error) {
    throw wrongFlag(flag, `${what} is not JSON: ${(error as Error).message}`);
  }
}

/** `feed.url=…` goes into the group `feed`, or is an entry of the names with texts that stand there. */
function place(config: Record<string, unknown>, schema: Raw, pair: string): void {
  const [, path, sign, text = ''] = /^([\w.-]+?)(:?=)(.*)$/s.exec(pair) ?? [];
  if (path === undefined) throw wrongFlag(flag, `'${pair}' is neither field=value, field:=JSON nor a JSON object.`);
  const names = path.split('.');
  const last = names.pop() ?? path;
  let at = config;
  let field: Raw | undefined = schema;
  for (const name of names) {
    field = fieldOf(field, name);
    at[name] ??= {};
    at = at[name] as Record<string, unknown>;
  }
  at[last] = sign === ':=' ? jsonOf(text, `the value of ${path}`) : valueOf(fieldOf(field, last), text, path);
}

function fieldOf(schema: Raw | undefined, name: string): Raw | undefined {
  return (schema?.['properties'] as Readonly<Record<string, Raw>> | undefined)?.[name];
}

/** What does not read as its type is sent as it is: the server names the field and what it takes. */
function valueOf(field: Raw | undefined, text: string, path: string): unknown {
  const type = typeof field?.['type'] === 'string' ? field['type'] : 'string';
  return (readers[type] ?? asText)(text, `the value of ${path}`);
}

type Reader = (text: string, what: string) => unknown;

const asText: Reader = (text) => text;
const asNumber: Reader = (text) => (text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text));
const flags: Readonly<Record<string, boolean>> = { true: true, false: false };

const readers: Readonly<Record<string, Reader>> = {
  number: asNumber,
  integer: asNumber,
  boolean: (text) => flags[text] ?? text,
  array: (text, what) => (text.startsWith('[') ? jsonOf(text, what) : text.split(',').map((one) => one.trim())),
  object: jsonOf,
};
