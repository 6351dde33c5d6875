import { expect, test } from 'vitest';
import { contentOf, draftOf, draftOfFile, hasMixedEnds, indentOf, isSame } from './script-draft.ts';

test('line ends come back as they were, and mixed ones become LF', () => {
  for (const text of ['', 'one', 'a\nb\n', 'a\r\nb\r\n', '\uFEFFa\n'])
    expect(contentOf(draftOf(text))).toEqual({ content: text, encoding: 'text' });
  expect(contentOf(draftOf('a\r\nb\n')).content).toBe('a\nb\n');
  expect([hasMixedEnds('a\r\nb\n'), hasMixedEnds('a\r\nb\r\n'), hasMixedEnds('a\n')]).toEqual([true, false, false]);
  expect(isSame(draftOf('a\r\n'), draftOf('a\n'))).toBe(false);
});

test('a press of Tab puts in what the text indents with', () => {
  expect([indentOf('a\n\tb'), indentOf('a\n    b'), indentOf('a\nb')]).toEqual(['\t', '    ', '  ']);
});

test('a file that is text is text, and any other is taken as it is', async () => {
  const bytes = new Uint8Array([0xff, 0x00, 0x41]);
  expect((await draftOfFile(new File([bytes], 'b.sh'))).bytes).toEqual({ base64: '/wBB', size: 3, name: 'b.sh' });
  expect(await draftOfFile(new File(['echo\r\n'], 'a.sh'))).toMatchObject({ text: 'echo\n', crlf: true, bytes: null });
});
