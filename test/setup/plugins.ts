/** Plugins in a folder of their own, far from this repository, as somebody who wrote them would have them. */
import { accessSync, constants, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { freshDir } from './databases.ts';

const examples = resolve(import.meta.dirname, '../../examples');

export interface TestPlugins {
  readonly folder: string;
  /** As the variable `JOB_PORTAL_PLUGINS` names them all. */
  readonly setting: string;
  /** Whether there is a Python for the one that is written in it; else its twin for Node is in its place. */
  readonly hasPython: boolean;
  remove(): void;
}

function onPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** What the program in Python does, as far as the tests go, for machines that have none. */
const twin = `
import { readFileSync } from 'node:fs';
const say = (kind, fields) => console.log(JSON.stringify({ kind, ...fields }));
const [, { config }] = readFileSync(0, 'utf8').trim().split('\\n').map((line) => JSON.parse(line));
say('hello', { protocol: 1 });
try {
  const [head, ...lines] = readFileSync(config.file, 'utf8').trim().split('\\n').map((line) => line.split(config.delimiter));
  const totals = {};
  for (const line of lines) {
    const by = config.by ? line[head.indexOf(config.by)] : 'all';
    const name = config.rename?.[by] ?? by;
    totals[name] = (totals[name] ?? 0) + Number(line[head.indexOf(config.column)]);
  }
  say('log', { message: lines.length + ' rows read' });
  const summary = lines.length + ' rows, ' + Object.keys(totals).length + ' groups';
  say('result', { result: { rows: lines.length, totals }, summary });
} catch (error) {
  say('fail', { message: error.message, category: 'config_error', retryable: false });
}
`;

const chatty = {
  protocol: 1,
  id: 'chatty',
  label: 'Chatty',
  description: 'Prints what is no JSON.',
  command: ['node', 'plugin.mjs'],
  schema: { type: 'object', properties: {} },
};

export function writePlugins(): TestPlugins {
  const fresh = freshDir('jtp-plugins');
  const folder = fresh.path;
  const hasPython = onPath('python3');
  for (const name of ['plugin-typescript', 'plugin-python'])
    cpSync(join(examples, name), join(folder, name), { recursive: true });
  if (!hasPython) {
    const path = join(folder, 'plugin-python', 'plugin.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as object;
    writeFileSync(path, JSON.stringify({ ...manifest, command: ['node', 'twin.mjs'] }));
    writeFileSync(join(folder, 'plugin-python', 'twin.mjs'), twin);
  }
  mkdirSync(join(folder, 'chatty'));
  writeFileSync(join(folder, 'chatty', 'plugin.json'), JSON.stringify(chatty));
  writeFileSync(
    join(folder, 'chatty', 'plugin.mjs'),
    `console.log('{"kind":"hello","protocol":1}');\nconsole.log('Working on it');\n`,
  );
  mkdirSync(join(folder, 'broken'));
  writeFileSync(
    join(folder, 'broken', 'plugin.json'),
    JSON.stringify({ ...chatty, id: 'script', schema: { type: 'text' } }),
  );
  mkdirSync(join(folder, 'weighed'));
  writeFileSync(join(folder, 'weighed', 'one.txt'), 'one');
  writeFileSync(join(folder, 'sales.csv'), 'region,amount\nnorth,2\nsouth,3\nnorth,5\n');
  const sources = ['plugin-typescript/plugin.ts', 'plugin-python', 'chatty', 'broken'];
  return {
    folder,
    setting: sources.map((source) => join(folder, source)).join(','),
    hasPython,
    remove: () => fresh.remove(),
  };
}
