import { describe, expect, test } from 'vitest';
import { parseDefinition } from './definition-file.ts';

const aliasBomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name, at) => {
    const before = 'abcdefgh'[at] ?? '';
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`;
  }),
].join('\n');

describe('a document that people write', () => {
  test.each([
    ['grows without measure by its aliases', aliasBomb, /alias/i],
    ['names an object of a language', 'name: !!js/function "function () { process.exit(7) }"', null],
    ['has a key twice', 'name: a\nname: b', /unique/i],
    ['is cut off', 'name: "a', /missing|end/i],
  ])('and %s is refused, or is data (SEC-C15, SEC-J4)', async (_, text, says) => {
    const read = parseDefinition(text, '-f');
    if (says === null) expect(await read).toEqual({ name: 'function () { process.exit(7) }' });
    else await expect(read).rejects.toMatchObject({ code: 'malformed', fields: [{ path: '-f' }] });
  });

  test('takes keys that reach prototypes for keys (SEC-C7)', async () => {
    const read = (await parseDefinition('__proto__: {admin: true}', '-f')) as object;
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });
});
