import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearestColour, plainOf, spansOf } from './ansi.ts';

const esc = '\u001b';
const textOf = (line: string): string =>
  spansOf(line)
    .map((span) => span.text)
    .join('');

describe('a line of a log', () => {
  test('plain text is one span without classes', () => {
    expect(spansOf('hello')).toEqual([{ text: 'hello', classes: [] }]);
  });

  test('colours and weights become classes of ours', () => {
    expect(spansOf(`a ${esc}[1;31mred${esc}[0m b`)).toEqual([
      { text: 'a ', classes: [] },
      { text: 'red', classes: ['jtp-ansi-bold', 'jtp-ansi-red'] },
      { text: ' b', classes: [] },
    ]);
    expect(spansOf(`${esc}[92mok`)).toEqual([{ text: 'ok', classes: ['jtp-ansi-bright-green'] }]);
  });

  test('palette and 24-bit colours become the nearest named one', () => {
    expect(spansOf(`${esc}[38;5;196mx`)[0]?.classes).toEqual(['jtp-ansi-bright-red']);
    expect(spansOf(`${esc}[38;2;10;180;20mx`)[0]?.classes).toEqual(['jtp-ansi-green']);
    expect(nearestColour(255, 250, 250)).toBe('white');
  });

  test('a ground brings its own text colour, and reverse makes one', () => {
    expect(spansOf(`${esc}[30;41mx`)[0]?.classes).toEqual(['jtp-ansi-on-red']);
    expect(spansOf(`${esc}[7;32mx`)[0]?.classes).toEqual(['jtp-ansi-on-green']);
  });

  test('a carriage return overwrites what stood there and keeps the rest (F47)', () => {
    expect(textOf('10 %\r20 %\r100 %')).toBe('100 %');
    expect(textOf('abcdef\rXY')).toBe('XYcdef');
    expect(spansOf(`${esc}[31mabc${esc}[0m\rX`)).toEqual([
      { text: 'X', classes: [] },
      { text: 'bc', classes: ['jtp-ansi-red'] },
    ]);
    expect(textOf('windows\r')).toBe('windows');
  });

  test('titles, links, movement and clearing are dropped (F47)', () => {
    expect(textOf(`${esc}]0;owned\u0007after`)).toBe('after');
    expect(textOf(`${esc}]8;;javascript:alert(1)${esc}\\link${esc}]8;;${esc}\\`)).toBe('link');
    expect(textOf(`${esc}[2J${esc}[Hx${esc}[10;5fy${esc}[?25l${esc}c`)).toBe('xy');
    expect(textOf(`${esc}P1;2q#0;2;0${esc}\\z`)).toBe('z');
  });

  test('hidden direction marks do not turn the text around', () => {
    expect(textOf('a\u202eexe.txt\u2066b')).toBe('aexe.txtb');
  });

  test('markup stays text (F47)', () => {
    const hostile = '<img src=x onerror=alert(1)>&lt;<script>alert(2)</script>';
    expect(spansOf(hostile)).toEqual([{ text: hostile, classes: [] }]);
    expect(spansOf(`${esc}[31m${hostile}`)[0]?.text).toBe(hostile);
    expect(
      spansOf(`${esc}[31;"><b>mx`).every((span) => span.classes.every((name) => /^jtp-ansi-[a-z-]+$/.test(name))),
    ).toBe(true);
  });

  test('no escape and no control survives, whatever comes in', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom(esc, `${esc}[`, `${esc}]`, ';', '38', '5', 'm', '\r', '\u009b', '\u0007', '31m', '<'),
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const line = parts.join('');
        for (const span of spansOf(line)) {
          expect(span.text).not.toMatch(/(?!\t)\p{Cc}/u);
          for (const name of span.classes) expect(name).toMatch(/^jtp-ansi-[a-z-]+$/);
        }
        expect(plainOf(line)).not.toMatch(/(?!\t)\p{Cc}/u);
      }),
    );
  });

  test('a copy is the text without colours', () => {
    expect(plainOf(`${esc}[1;31mred${esc}[0m b`)).toBe('red b');
  });
});
