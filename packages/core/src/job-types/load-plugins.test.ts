import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { freshDir } from '../../../../test/setup/databases.ts';
import { loadPlugins } from './load-plugins.ts';

const fresh = freshDir('jtp-load');
const cwd = fresh.path;
afterAll(() => fresh.remove());

function file(path: string, text: string): string {
  mkdirSync(join(cwd, path, '..'), { recursive: true });
  writeFileSync(join(cwd, path), text);
  return path;
}

const typed = (id: string, more = ''): string =>
  `{ id: '${id}', label: 'A', description: 'B', schema: { type: 'object', properties: {} }, execute: () => 1 ${more} }`;
const manifest = (more: object): string =>
  JSON.stringify({
    protocol: 1,
    id: 'program',
    label: 'A',
    description: 'B',
    command: ['node', 'x.mjs'],
    schema: { type: 'object', properties: {} },
    ...more,
  });

const load = (...sources: readonly string[]) => loadPlugins({ sources, cwd, nodePath: process.execPath, path: '' });
const problemOf = async (source: string): Promise<string | null> => (await load(source)).plugins[0]?.problem ?? null;

test('modules, TypeScript, packages and folders with a manifest add their types, in their order', async () => {
  file('one.mjs', `export default ${typed('one')};`);
  file('two.ts', `const types: readonly object[] = [${typed('two')}, ${typed('three')}];\nexport default types;`);
  file('four.mjs', `export default ({ defineJobType }) => defineJobType(${typed('four')});`);
  file('node_modules/@acme/five/package.json', '{"type":"module","exports":{".":{"import":"./main.js"}}}');
  file('node_modules/@acme/five/main.js', `export default ${typed('five')};`);
  file('six/plugin.json', manifest({ id: 'six', frequency_text: 'Now and then' }));
  const types = await load('./one.mjs', 'two.ts', './four.mjs', '@acme/five', './six');
  expect(types.plugins.map(({ problem }) => problem)).toEqual([null, null, null, null, null]);
  expect(types.labels()).toEqual(['type:one', 'type:two', 'type:three', 'type:four', 'type:five', 'type:six']);
  expect(types.get('six')).toMatchObject({
    origin: 'program',
    frequencyText: 'Now and then',
    source: join(cwd, 'six'),
  });
});

test('one that cannot be used is left out with the reason, and the others stay', async () => {
  file('good.mjs', `export default ${typed('good')};`);
  file('twice.mjs', `export default ${typed('good')};`);
  const types = await load('./good.mjs', './twice.mjs', './none');
  expect(types.labels()).toEqual(['type:good']);
  expect(types.plugins).toEqual([
    { source: './good.mjs', types: ['good'], problem: null },
    { source: './twice.mjs', types: [], problem: `its id good is the id of another type, of ${join(cwd, 'good.mjs')}` },
    { source: './none', types: [], problem: `${join(cwd, 'none')} does not exist` },
  ]);
});

test.each([
  ['throws.mjs', `throw new Error('no licence');`, 'no licence'],
  ['imports.mjs', `import 'nowhere-at-all';`, "Cannot find package 'nowhere-at-all'"],
  ['nothing.mjs', `export const type = 1;`, 'must export by default a job type'],
  [
    'faulty.mjs',
    `export default ${typed('faulty', ', defaults: { breaker: 3 }')};`,
    'defaults.breaker: must be an object',
  ],
  ['x/plugin.json', manifest({ protocol: 2 }), 'protocol: is 2; this version speaks 1'],
  ['x/plugin.json', manifest({ command: 'node x' }), 'command: must be a list of texts'],
  ['x/plugin.json', manifest({ comand: [] }), 'comand: is not understood; protocol, id'],
  ['x/plugin.json', manifest({ defaults: { timeout: 3 } }), 'defaults.timeout: is not understood'],
  ['x/plugin.json', '{', 'is not JSON'],
  ['notes.txt', 'x', 'is neither a plugin.json nor a module'],
])('%s that holds %s says so', async (path, text, sentence) => {
  expect(await problemOf(`./${file(path, text)}`)).toContain(sentence);
});

test.each(['child_process', 'node:fs', 'https://example.org/evil.mjs', 'data:text/javascript,1', '../../evil'])(
  'nothing is loaded by the name %s (E8)',
  async (source) => expect(await problemOf(source)).toMatch(/neither a path|does not exist/),
);

test('a type whose program this machine does not have is known and not offered to run', async () => {
  const types = await load(`./${file('absent/plugin.json', manifest({ id: 'absent', command: ['no-such-program'] }))}`);
  expect(types.get('absent')?.cannotRun).toBe('the program no-such-program is not in PATH');
  expect(types.labels()).toEqual([]);
});
