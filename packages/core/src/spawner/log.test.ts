import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../system/clock.ts';
import type { LogStream } from './log-format.ts';
import { LogReader } from './log-reader.ts';
import { LogWriter } from './log-writer.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jtp-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const clock = systemClock();

function writer(limitBytes = 1_000_000): LogWriter {
  return new LogWriter({ path: join(folder, '1.log'), limitBytes, clock });
}
async function reader(): Promise<LogReader> {
  const opened = await LogReader.open(join(folder, '1.log'));
  if (opened === null) throw new Error('no log');
  return opened;
}
function raw(): Buffer {
  return readFileSync(join(folder, '1.log'));
}
async function written(pieces: readonly (readonly [LogStream, string | Buffer])[], limit?: number): Promise<LogReader> {
  const log = writer(limit);
  for (const [stream, text] of pieces) log.write(stream, Buffer.from(text));
  await log.end();
  expect(log.failure).toBeNull();
  return reader();
}
async function texts(log: LogReader, fromLine = 1, count = 1000): Promise<string[]> {
  return (await log.read({ fromLine, count })).map(({ line, stream, text }) => `${line} ${stream} ${text}`);
}

describe('a log', () => {
  test('keeps the lines of both streams whole and in order', async () => {
    const log = await written([
      ['stdout', 'one\ntw'],
      ['stderr', 'oops\n'],
      ['stdout', 'o\nthree'],
    ]);
    expect(await texts(log)).toEqual(['1 stdout one', '2 stderr oops', '3 stdout two', '4 stdout three']);
    expect(raw().toString()).toBe('one\noops\ntwo\nthree');
    expect(await log.state()).toEqual({ lines: 4, bytes: 18, cut: null, complete: true });
    await log.close();
  });

  test('keeps every byte when nothing is cut, whatever the pieces (F47)', async () => {
    const piece = fc.tuple(
      fc.constantFrom<LogStream>('stdout', 'stderr'),
      fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 20 }), fc.constant('\n')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (pieces) => {
        const log = await written(pieces.map(([stream, text]) => [stream, Buffer.from(text)]));
        for (const stream of ['stdout', 'stderr'] as const) {
          const sent = Buffer.concat(pieces.filter(([of]) => of === stream).map(([, text]) => Buffer.from(text)));
          const lines = (await log.read({ fromLine: 1, count: 100_000, showAll: true })).filter(
            (line) => line.stream === stream,
          );
          const expected = sent.toString().replaceAll('\r\n', '\n').split('\n');
          if (expected.at(-1) === '') expected.pop();
          expect(lines.map(({ text }) => text)).toEqual(expected);
        }
        expect(raw().length).toBe(pieces.reduce((sum, [, text]) => sum + Buffer.from(text).length, 0));
        await log.close();
      }),
      { numRuns: 60 },
    );
  });

  test('shows an unfinished line once its stream is quiet, and goes on in place', async () => {
    const log = writer();
    log.write('stdout', Buffer.from('Password: '));
    const seen = await reader();
    await expect.poll(() => texts(seen), { timeout: 3000 }).toEqual(['1 stdout Password: ']);
    expect(await seen.tail(1)).toMatchObject([{ open: true }]);
    log.write('stdout', Buffer.from('done\nnext\n'));
    await expect.poll(() => texts(seen), { timeout: 3000 }).toEqual(['1 stdout Password: done', '2 stdout next']);
    expect((await seen.tail(2)).map(({ open }) => open)).toEqual([false, false]);
    await log.end();
    expect(await texts(seen)).toEqual(['1 stdout Password: done', '2 stdout next']);
    await seen.close();
  });

  test('marks what goes on after another stream spoke', async () => {
    const log = writer();
    log.write('stdout', Buffer.from('50 %'));
    const seen = await reader();
    await expect.poll(async () => (await seen.state()).lines, { timeout: 3000 }).toBe(1);
    log.write('stderr', Buffer.from('warning\n'));
    log.write('stdout', Buffer.from(' 100 %\n'));
    await log.end();
    const lines = await seen.read({ fromLine: 1, count: 10 });
    expect(lines.map(({ text, continued }) => [text, continued])).toEqual([
      ['50 %', false],
      ['warning', false],
      [' 100 %', true],
    ]);
    await seen.close();
  });

  test('cuts a line of more than 8 kB without tearing a character (F47)', async () => {
    const log = await written([['stdout', `x${'é'.repeat(10_000)}\nshort\n`]]);
    const [long, short] = await log.read({ fromLine: 1, count: 2 });
    expect(long?.text).toBe(`x${'é'.repeat(4095)}`);
    expect(long?.hiddenBytes).toBe(20_002 - 8191);
    expect(short?.text).toBe('short');
    const [all] = await log.read({ fromLine: 1, count: 1, showAll: true });
    expect(all?.text.length).toBe(10_001);
    await log.close();
  });

  test('gives its bytes by place, as they are (F47)', async () => {
    const log = await written([['stdout', Buffer.from([0x61, 0xff, 0x0d, 0x0a, 0x62])]]);
    const pieces: Buffer[] = [];
    for await (const piece of log.bytes(1, 5)) pieces.push(piece);
    expect(Buffer.concat(pieces).toString('hex')).toBe('ff0d0a62');
    await expect(
      log
        .bytes(4, 6)
        .next()
        .then(() => log.bytes(5, 6).next()),
    ).rejects.toThrow('shorter');
    await log.close();
  });

  test('has no lines when nothing was written, and is absent when nothing was begun', async () => {
    const log = await written([]);
    expect(await log.state()).toEqual({ lines: 0, bytes: 0, cut: null, complete: true });
    expect(await texts(log)).toEqual([]);
    expect(await log.tail(5)).toEqual([]);
    expect(await LogReader.open(join(folder, '2.log'))).toBeNull();
    await log.close();
  });
});

describe('a log that outgrows its limit', () => {
  const limit = 100_000;
  async function numbered(count: number): Promise<LogReader> {
    const log = writer(limit);
    for (let line = 1; line <= count; line += 1) log.write('stdout', Buffer.from(`line ${line}\n`));
    await log.end();
    return reader();
  }

  test('stays inside it and states exactly what was cut', async () => {
    const log = await numbered(50_000);
    const { cut, lines, bytes } = await log.state();
    expect(statSync(join(folder, '1.log')).size).toBe(bytes);
    expect(bytes).toBeLessThanOrEqual(limit);
    expect(bytes).toBeGreaterThan(limit * 0.8);
    expect(lines).toBe(50_000);
    if (cut === null) throw new Error('nothing cut');
    const total = Array.from({ length: 50_000 }, (_, at) => `line ${at + 1}\n`.length).reduce(
      (sum, size) => sum + size,
      0,
    );
    const text = raw().toString();
    const mark = /^--- (\d+) bytes \((\d+) lines\) cut: .*\n/m.exec(text);
    expect(Number(mark?.[1])).toBe(total - (text.length - (mark?.[0].length ?? 0)));
    expect(Number(mark?.[1])).toBe(cut.bytes);
    expect(Number(mark?.[2])).toBe(cut.lines);
    await log.close();
  });

  test('keeps the number of every line that is left', async () => {
    const log = await numbered(50_000);
    for (const { line, stream, text } of await log.read({ fromLine: 1, count: 100_000 })) {
      if (stream === 'stdout') expect(text).toBe(`line ${line}`);
    }
    expect((await log.tail(1))[0]?.line).toBe(50_000);
    expect((await texts(log, 49_999)).at(-1)).toBe('50000 stdout line 50000');
    const inside = await log.read({ fromLine: 20_000, count: 1 });
    expect(inside[0]?.line).toBeGreaterThan(20_000);
    await log.close();
  });

  test('says nothing of a cut when the tail closes the gap', async () => {
    const log = await numbered(9000);
    expect(await log.state()).toMatchObject({ lines: 9000, cut: null });
    expect(raw().toString().split('\n').length).toBe(9001);
    await log.close();
  });

  test('shows its newest lines while it is written', async () => {
    const log = writer(limit);
    for (let line = 1; line <= 30_000; line += 1) log.write('stdout', Buffer.from(`line ${line}\n`));
    const seen = await reader();
    await expect.poll(async () => (await seen.tail(1))[0]?.text, { timeout: 5000 }).toBe('line 30000');
    expect((await seen.state()).complete).toBe(false);
    for (let line = 30_001; line <= 60_000; line += 1) log.write('stdout', Buffer.from(`line ${line}\n`));
    await log.end();
    expect(await seen.tail(1)).toMatchObject([{ line: 60_000, text: 'line 60000' }]);
    await seen.close();
  });

  test('accounts for every byte with lines of any length', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 5, maxLength: 60 }),
        async (lengths) => {
          const log = writer(limit);
          for (const length of lengths) log.write('stdout', Buffer.from(`${'x'.repeat(length)}\n`));
          await log.end();
          const text = raw().toString();
          const mark = /--- (\d+) bytes \(\d+ lines\) cut: .*\n/.exec(text)?.[0] ?? '';
          const sent = lengths.map((length) => `${'x'.repeat(length)}\n`).join('');
          const broken = sent.startsWith(text.slice(0, text.indexOf(mark))) ? 0 : 1;
          expect(text.length).toBeLessThanOrEqual(limit);
          expect(text.length - mark.length - broken + log.cutBytes).toBe(sent.length);
          expect(log.bytes).toBe(sent.length);
          const seen = await reader();
          const lines = await seen.read({ fromLine: 1, count: 100_000, showAll: true });
          expect(lines.reduce((sum, line) => sum + line.text.length, 0)).toBeLessThanOrEqual(text.length);
          await seen.close();
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('search', () => {
  test('counts the lines that hold a text and gives their numbers', async () => {
    const log = await written([['stdout', Array.from({ length: 30_000 }, (_, at) => `row ${at + 1} end\n`).join('')]]);
    expect(await log.search({ text: 'row 777 ' })).toEqual({ lines: [777], total: 1, nextLine: null });
    const found = await log.search({ text: '99', limit: 3 });
    const expected = Array.from({ length: 30_000 }, (_, at) => at + 1).filter((row) => String(row).includes('99'));
    expect(found).toEqual({ lines: expected.slice(0, 3), total: expected.length, nextLine: null });
    expect((await log.search({ text: 'row', fromLine: 29_990 })).total).toBe(11);
    await log.close();
  });

  test('agrees with a plain look at each line', async () => {
    const line = fc.string({ maxLength: 12, unit: fc.constantFrom('a', 'b', 'A', 'é', ' ') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 50 }),
        fc.constantFrom('a', 'ab', 'Aé', 'aa'),
        fc.boolean(),
        async (lines, text, ignoreCase) => {
          const log = await written(
            lines.map((each, at) => [at % 3 === 0 ? 'stderr' : 'stdout', `${each}\n`] as const),
          );
          const fold = (value: string): string =>
            ignoreCase ? value.replaceAll(/[A-Z]/g, (x) => x.toLowerCase()) : value;
          const expected = lines.flatMap((each, at) => (fold(each).includes(fold(text)) ? [at + 1] : []));
          expect((await log.search({ text, ignoreCase })).lines).toEqual(expected);
          await log.close();
        },
      ),
      { numRuns: 60 },
    );
  });

  test('ends when its time is over and says where to go on', async () => {
    const log = await written([['stdout', 'needle in the hay\n'.repeat(100_000)]], 10_000_000);
    let now = 0;
    const part = await log.search({ text: 'needle', maxMs: 1, now: () => (now += 1) });
    expect(part.nextLine).toBeGreaterThan(1);
    const rest = await log.search({ text: 'needle', fromLine: part.nextLine ?? 1 });
    expect(part.total + rest.total).toBe(100_000);
    await log.close();
  });

  test('finds the first line that names an error, else the first of stderr', async () => {
    const named = await written([
      ['stdout', 'fine\nok\n'],
      ['stderr', 'note\n'],
      ['stdout', 'ValueError: no\nerror\n'],
    ]);
    expect(await named.firstError()).toBe(4);
    await named.close();
    const silent = await written([
      ['stdout', 'fine\n'],
      ['stderr', 'note\n'],
    ]);
    expect(await silent.firstError()).toBe(2);
    await silent.close();
  });
});
