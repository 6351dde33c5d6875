import { describe, expect, test } from 'vitest';
import type { Context, GlobalFlags } from '../context.ts';
import { writeFacts } from './facts.ts';
import { writeTable } from './table.ts';
import { timesOf } from './when.ts';

const columns = [
  { title: 'NAME', text: (item: Item) => item.name },
  { title: 'STATE', isState: true as const, text: (item: Item) => item.state },
  { title: 'ID', wide: true as const, text: (item: Item) => item.id },
];
interface Item {
  readonly name: string;
  readonly state: string;
  readonly id: string;
}
const items: readonly Item[] = [
  { name: 'backup', state: 'succeeded', id: 'a-1' },
  { name: 'a\u001b[31mlong one', state: 'failed', id: 'a-2' },
];

/** A command line whose output is kept. */
function screen({ isTTY, width = 80, env = {}, flags = {} }: Partial<Screen>) {
  const said = { out: '', err: '' };
  const context: Context = {
    flags,
    terminal: {
      env,
      cwd: '/',
      stdout: { isTTY: isTTY === true, columns: width, write: (text) => (said.out += text) },
      stderr: { write: (text) => (said.err += text) },
      readStdin: () => Promise.resolve(''),
    },
    connect: () => Promise.reject(new Error('nothing to connect to')),
  };
  return { context, said };
}
interface Screen {
  readonly isTTY: boolean;
  readonly width: number;
  readonly env: Record<string, string>;
  readonly flags: GlobalFlags;
}

describe('a table', () => {
  test('in a pipe is whole, tab-separated, without heading, colour or control characters', () => {
    const { context, said } = screen({});
    writeTable(context, items, columns, 'none');
    expect(said.out).toBe('backup\tsucceeded\ta-1\na?[31mlong one\tfailed\ta-2\n');
  });
  test('on a terminal is aligned, has a heading, and an icon beside each state', () => {
    const { context, said } = screen({ isTTY: true, env: { NO_COLOR: '1' } });
    writeTable(context, items, columns, 'none');
    expect(said.out.split('\n')).toEqual([
      'NAME            STATE',
      'backup          ✓ succeeded',
      'a?[31mlong one  ✕ failed',
      '',
    ]);
  });
  test('is coloured only where colour is wanted', () => {
    const colour = '\u001b[';
    for (const [given, expected] of [
      [{ isTTY: true }, true],
      [{ isTTY: true, flags: { color: false } }, false],
      [{ isTTY: true, env: { TERM: 'dumb' } }, false],
    ] as const) {
      const { context, said } = screen(given);
      writeTable(context, items, columns, 'none');
      expect(said.out.includes(colour)).toBe(expected);
    }
  });
  test('is cut to the width, unless it is wide', () => {
    const narrow = screen({ isTTY: true, width: 20, env: { NO_COLOR: '1' } });
    writeTable(narrow.context, items, columns, 'none');
    expect(narrow.said.out.split('\n')[1]).toBe('backup     ✓ succee…');
    const wide = screen({ isTTY: true, width: 20, env: { NO_COLOR: '1' }, flags: { output: 'wide' } });
    writeTable(wide.context, items, columns, 'none');
    expect(wide.said.out).toContain('✓ succeeded  a-1');
  });
  test('is cut where it may be: first what can be spared, never what is needed whole', () => {
    const id = '0198c2f0-0000-7000-8000-000000000001';
    const { context, said } = screen({ isTTY: true, width: 70, env: { NO_COLOR: '1' } });
    const wordy = 'Every weekday at 9:30, and on the last Friday of a month at noon';
    writeTable(
      context,
      [{ wordy, name: 'a job of a name', id }],
      [
        { title: 'SCHEDULE', cut: 'first', text: (item) => item.wordy },
        { title: 'NAME', text: (item) => item.name },
        { title: 'ID', cut: 'never', text: (item) => item.id },
      ],
      'none',
    );
    expect(said.out.split('\n')[1]).toBe(`Every weekday …  a job of a name  ${id}`);
  });
  test('that is empty says so on stderr', () => {
    const { context, said } = screen({});
    writeTable(context, [], columns, 'Nothing here.');
    expect(said).toEqual({ out: '', err: 'Nothing here.\n' });
  });
});

test('facts leave out what is not known', () => {
  const { context, said } = screen({});
  writeFacts(context, [
    ['state', 'failed'],
    ['note', null],
    ['ran', ''],
  ]);
  expect(said.out).toBe('state\tfailed\n');
});

describe('an instant', () => {
  const now = Date.parse('2026-11-25T18:00:00Z');
  const at = '2026-11-26T01:00:00Z';
  const text = (given: Partial<Screen>, zone?: string) => timesOf(screen(given).context, now).text(at, zone);
  test.each([
    [{}, '2026-11-26T01:00:00Z'],
    [{ flags: { tz: 'Asia/Hong_Kong' } }, '2026-11-26T09:00:00+08:00'],
    [{ isTTY: true, flags: { tz: 'Asia/Hong_Kong' } }, '2026-11-26 09:00:00 (in 7 h)'],
    [{ isTTY: true, flags: { tz: 'utc', time: 'absolute' } }, '2026-11-26 01:00:00'],
    [{ flags: { time: 'relative' } }, 'in 7 h'],
    [{ flags: { tz: 'job', time: 'iso' } }, '2026-11-25T20:00:00-05:00'],
  ] as const)('with %j reads %s', (given, expected) => {
    expect(text(given, 'America/New_York')).toBe(expected);
  });
  test('that is none is a dash on a terminal and nothing in a pipe', () => {
    expect(timesOf(screen({ isTTY: true }).context, now).text(null)).toBe('–');
    expect(timesOf(screen({}).context, now).text(null)).toBe('');
  });
  test.each([
    ['2026-11-25T18:00:01Z', 'in 1 s'],
    ['2026-11-25T17:59:36Z', 'due now'],
    ['2026-11-25T17:57:00Z', 'due 3 min ago'],
  ])('that comes next, %s, is %s: its time passes before it is planned', (next, expected) => {
    expect(timesOf(screen({ flags: { time: 'relative' } }).context, now).next(next)).toBe(expected);
  });
  test('the heading names the zone', () => {
    expect(timesOf(screen({ flags: { tz: 'Asia/Tokyo' } }).context, now).title('NEXT')).toBe('NEXT (Asia/Tokyo)');
  });
  test.each([
    [{}, 'Due 2026-11-26 09:00 (UTC+08:00, Asia/Hong_Kong), late.'],
    [{ isTTY: true, flags: { tz: 'job' } }, 'Due 2026-11-26 09:00 (UTC+08:00, Asia/Hong_Kong), late.'],
    [{ isTTY: true, flags: { tz: 'America/New_York' } }, 'Due 2026-11-25 20:00 (UTC-05:00, America/New_York), late.'],
    [{ flags: { tz: 'utc' } }, 'Due 2026-11-26 01:00 (UTC+00:00, UTC), late.'],
  ] as const)('in a sentence is on the clock of whoever reads it: %j', (given, expected) => {
    const sentence = 'Due 2026-11-26 09:00 (UTC+08:00, Asia/Hong_Kong), late.';
    expect(timesOf(screen(given).context, now).sentence(sentence)).toBe(expected);
  });
  test('a mistyped zone or form is refused with what would do', () => {
    expect(() => text({ flags: { tz: 'Asia/HongKong' } })).toThrow(
      expect.objectContaining({ status: 2, fix: 'Did you mean Asia/Hong_Kong?' }),
    );
    expect(() => text({ flags: { time: 'soon' } })).toThrow('relative, absolute, iso');
  });
});
