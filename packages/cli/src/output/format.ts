/** Whole objects in the form that a machine asked for. Pure: what is shown to people is the tables' business. */
import { csvLine } from 'job-trigger-contract';
import { CommandError, exitStatus } from '../exit-status.ts';
import { writeYaml } from '../yaml.ts';

export const outputFormats = ['table', 'wide', 'json', 'jsonl', 'yaml', 'csv', 'name'] as const;
export type OutputFormat = (typeof outputFormats)[number];
type MachineFormat = Exclude<OutputFormat, 'table' | 'wide'>;

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a list holds; one object is a list of itself. */
function itemsOf(value: unknown): readonly Fields[] {
  if (isObject(value) && Array.isArray(value['items'])) return value['items'].filter(isObject);
  return isObject(value) ? [value] : [];
}

/** @throws CommandError (usage) naming the fields that there are, when a wanted one is in none of the items */
function narrowed(value: unknown, fields: readonly string[]): unknown {
  const items = itemsOf(value);
  const known = new Set(items.flatMap(Object.keys));
  const unknown = fields.find((field) => !known.has(field));
  if (unknown !== undefined && items.length > 0) {
    throw new CommandError(
      exitStatus.usage,
      `--fields: '${unknown}' is no field here.`,
      `Choose from: ${[...known].sort().join(', ')}`,
    );
  }
  const pick = (item: Fields): Fields => Object.fromEntries(fields.map((field) => [field, item[field] ?? null]));
  if (isObject(value) && Array.isArray(value['items'])) return { ...value, items: items.map(pick) };
  return isObject(value) ? pick(value) : value;
}

function csv(items: readonly Fields[], fields: readonly string[] | null): string {
  const columns = fields ?? [...new Set(items.flatMap(Object.keys))];
  if (columns.length === 0) return '';
  return [columns, ...items.map((item) => columns.map((column) => item[column]))].map(csvLine).join('');
}

/** What a shell loop wants: the name, else the id. */
function nameOf({ name, id, run_id }: Fields): string {
  return [name, id, run_id].find((one) => typeof one === 'string') ?? '';
}

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');

type Writer = (value: unknown, fields: readonly string[] | null) => string | Promise<string>;

const writers: Readonly<Record<MachineFormat, Writer>> = {
  json: (value) => `${JSON.stringify(value, null, 2)}\n`,
  jsonl: (value) => lines(itemsOf(value).map((item) => JSON.stringify(item))),
  yaml: writeYaml,
  csv: (value, fields) => csv(itemsOf(value), fields),
  name: (value) => lines(itemsOf(value).map(nameOf)),
};

/** @param fields only these of each object, in this order; null for all */
export async function formatted(
  value: unknown,
  format: MachineFormat,
  fields: readonly string[] | null,
): Promise<string> {
  const wanted = fields === null || format === 'name' ? value : narrowed(value, fields);
  return writers[format](wanted, fields);
}
