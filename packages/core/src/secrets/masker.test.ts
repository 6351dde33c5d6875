import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskedTexts, whyUnmasked } from './hidden.ts';
import { mask, Masker } from './masker.ts';
import { variantsOf } from './variants.ts';

const runs = Number(process.env['JTP_MASK_RUNS'] ?? 1500);

function masked(masker: Masker, chunks: readonly Uint8Array[]): string {
  const stream = masker.stream();
  return Buffer.concat([...chunks.map((chunk) => stream.push(chunk)), stream.finish()]).toString();
}

function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...at.map((place) => place % (bytes.length + 1)), bytes.length])].toSorted(
    (a, b) => a - b,
  );
  return places.slice(1).map((to, index) => bytes.subarray(places[index], to));
}

const hex = (text: string): string => Buffer.from(text).toString('hex');
const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** How a job may write a value, as the programs do it that jobs use. */
const encodings: Readonly<Record<string, (value: string) => string>> = {
  plain: (value) => value,
  base64,
  'base64, one byte before': (value) => base64(`x${value}`),
  'base64, two bytes before': (value) => base64(`xy${value}`),
  'base64, with a line end': (value) => base64(`${value}\n`),
  'base64 for addresses': (value) => Buffer.from(`xy${value}z`).toString('base64url'),
  'base64 in lines': (value) => base64(value).replaceAll(/.{76}/g, '$&\n'),
  hex,
  'hex in capitals': (value) => hex(value).toUpperCase(),
  'hex in lines': (value) => hex(value).replaceAll(/.{60}/g, '$&\n'),
  address: encodeURIComponent,
  form: (value) => new URLSearchParams([['a', value]]).toString(),
  json: JSON.stringify,
  'json in json': (value) => JSON.stringify(JSON.stringify(value)),
  shell: (value) => `'${value.replaceAll("'", `'\\''`)}'`,
  'last line': (value) => value.split('\n').at(-1) ?? value,
};

const tellingLength = 8;

/** Parts of what was said that stand in what is shown, long enough to tell of the value, and that nothing else said. */
function told(said: string, shown: string, besides: string): readonly string[] {
  const parts: string[] = [];
  for (let at = 0; at + tellingLength <= said.length; at += 1) parts.push(said.slice(at, at + tellingLength));
  return parts.filter((part) => shown.includes(part) && !besides.includes(part));
}

describe('a masked stream', () => {
  const value = `s3cr3t/t+k3n"with'odd <bits>&more\\end`;
  const masker = new Masker([value]);

  test.each(Object.keys(encodings))('hides %s, cut at every offset into two writes (SEC-H1)', (name) => {
    const text = `before ${encodings[name]?.(value)} after\n`;
    const bytes = Buffer.from(text);
    const whole = masked(masker, [bytes]);
    expect(whole).toContain(mask);
    expect(whole.startsWith('before ') && whole.endsWith(' after\n')).toBe(true);
    for (let at = 0; at <= bytes.length; at += 1)
      expect(masked(masker, [bytes.subarray(0, at), bytes.subarray(at)])).toBe(whole);
  });

  test('hides what came byte by byte, and each line of a longer value (SEC-H1)', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\nab\n-----END PRIVATE KEY-----\n';
    const many = new Masker([key]);
    const text = `[MIIEvQIBADANBg]\n[kqhkiG9w0BAQEF]\n[ab]\n${key}done`;
    const bytes = Buffer.from(text);
    expect(
      masked(
        many,
        [...bytes].map((byte) => Uint8Array.of(byte)),
      ),
    ).toBe(`[${mask}]\n[${mask}]\n[ab]\n${mask}done`);
  });

  test('lets everything else through byte by byte, at once (F47)', () => {
    const stream = masker.stream();
    const odd = Buffer.from([0, 255, 0xc3, 0x28, 13, 27, 91, 10]);
    expect(stream.push(odd)).toEqual(odd);
    expect(stream.push(Buffer.from('a line without an end')).toString()).toBe('a line without an end');
    expect(stream.finish()).toHaveLength(0);
    expect(masked(masker, [Buffer.from('s3cr3t/ is only its beginning')])).toBe('s3cr3t/ is only its beginning');
  });

  test('hides a beginning that the end of the output cut off', () => {
    expect(masked(masker, [Buffer.from('x s3cr3t/t+k3n')])).toBe(`x ${mask}`);
    expect(masked(masker, [Buffer.from('x s3')])).toBe('x s3');
  });

  test('makes one mask of values that overlap, and hides the longer of two', () => {
    const both = new Masker(['abcdeg123', 'deg123ghi', 'abcdeg']);
    expect(both.text('1abcdeg123ghi2')).toBe(`1${mask}2`);
    expect(both.text('abcdegabcdeg-abcdeg')).toBe(`${mask}-${mask}`);
  });

  test('shows a value reversed: a limit that is told (SEC-H1)', () => {
    expect(masker.text(Array.from(value).toReversed().join(''))).not.toContain(mask);
  });

  test('finds what programs of the system make of a value', () => {
    const text = execFileSync('sh', ['-c', 'printf %s "$V" | od -An -v -tx1 | tr -d " \\n"'], {
      env: { PATH: process.env['PATH'], V: value },
    }).toString();
    expect(masker.text(text)).toBe(mask);
  });

  test('reads two megabytes in a moment, also of what nearly is a secret', () => {
    const near = new Masker(['a'.repeat(2000)]);
    const stream = near.stream();
    const chunk = Buffer.from(`${'a'.repeat(1999)}b`.repeat(32));
    let length = 0;
    for (let at = 0; at < 32; at += 1) length += stream.push(chunk).length;
    expect(length).toBe(chunk.length * 32);
  });

  test('hides values in anything that is written as JSON, its names and numbers included', () => {
    const numbers = new Masker(['98765432', 'tokentoken']);
    expect(numbers.value({ tokentoken: [98_765_432, 'is tokentoken'], n: 1, no: null })).toEqual({
      [mask]: [mask, `is ${mask}`],
      n: 1,
      no: null,
    });
  });
});

describe('values that are not masked (SEC-H2)', () => {
  test.each([
    ['a', 'short'],
    ['12345', 'short'],
    ['true', 'short'],
    ['\n', 'blank'],
    ['          ', 'blank'],
    ['Password', 'common'],
    ['123456', 'common'],
  ] as const)('%j is not: %s', (value, why) => {
    expect(whyUnmasked(value)).toBe(why);
    const text = `a line with ${value} in it, true, 12345 and a password`;
    expect(new Masker([value]).text(text)).toBe(text);
  });
});

test('no cut and no encoding lets a value through (SEC-H1)', { timeout: 600_000 }, () => {
  const character = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEF0123456789'.split('')) },
    { weight: 3, arbitrary: fc.constantFrom(...'/+="\'\\$`<>&%#!?*() \t.,;:-_~@'.split('')) },
    { weight: 1, arbitrary: fc.constantFrom('\n', 'é', '€', '😀', '\u0001') },
  );
  const secret = fc
    .string({ unit: character, minLength: 6, maxLength: 60 })
    .filter((value) => whyUnmasked(value) === null);
  const noise = fc.string({ unit: character, maxLength: 30 });
  const said = fc.record({
    values: fc.array(secret, { minLength: 1, maxLength: 3 }),
    parts: fc.array(fc.tuple(noise, fc.constantFrom(...Object.keys(encodings)), fc.nat(2)), {
      minLength: 1,
      maxLength: 4,
    }),
    cuts: fc.array(fc.nat(100_000), { maxLength: 12 }),
  });
  fc.assert(
    fc.property(said, ({ values, parts, cuts }) => {
      const masker = new Masker(values);
      const text = parts
        .map(([before, encoding, which]) => `${before}|${encodings[encoding]?.(values[which % values.length] ?? '')}|`)
        .join('');
      const bytes = Buffer.from(text);
      const whole = masked(masker, [bytes]);
      expect(masked(masker, cut(bytes, cuts))).toBe(whole);
      // By what the job said, and by nothing that the masker knows of it.
      const besides = parts.map(([before]) => before).join('|');
      for (const [, encoding, which] of parts)
        expect(told(encodings[encoding]?.(values[which % values.length] ?? '') ?? '', whole, besides)).toEqual([]);
      for (const value of values)
        for (const searched of maskedTexts(value))
          for (const variant of variantsOf(searched)) expect(whole.includes(variant.toString())).toBe(false);
    }),
    { numRuns: runs },
  );
});
