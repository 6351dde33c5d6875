/** What somebody writes, between a file and a field: a field of text knows one line end, a file may have another. */

/** Bytes that are no text, taken as they came. */
interface Bytes {
  readonly base64: string;
  readonly size: number;
  /** Of the file they came from. */
  readonly name: string;
}

export interface ScriptDraft {
  /** With LF at the end of lines. */
  readonly text: string;
  readonly crlf: boolean;
  /** In place of the text; null for text. */
  readonly bytes: Bytes | null;
}

export const emptyDraft: ScriptDraft = { text: '', crlf: false, bytes: null };

/** @param text with whichever line ends; with both, all become LF */
export function draftOf(text: string): ScriptDraft {
  const plain = text.replaceAll('\r\n', '\n');
  return { text: plain, crlf: text.includes('\n') && text === plain.replaceAll('\n', '\r\n'), bytes: null };
}

/** Whether a text has both line ends, which a field cannot keep. */
export function hasMixedEnds(text: string): boolean {
  return text.includes('\r\n') && /(?:^|[^\r])\n/.test(text);
}

/** As a request tells it. */
export function contentOf({ text, crlf, bytes }: ScriptDraft) {
  if (bytes !== null) return { content: bytes.base64, encoding: 'base64' as const };
  return { content: crlf ? text.replaceAll('\n', '\r\n') : text, encoding: 'text' as const };
}

export function isSame(one: ScriptDraft, other: ScriptDraft): boolean {
  return one.text === other.text && one.crlf === other.crlf && one.bytes?.base64 === other.bytes?.base64;
}

/** What one press of Tab puts in: as the text does it, else two spaces. */
export function indentOf(text: string): string {
  const indents = /^(\t| {2,})\S/m.exec(text)?.[1] ?? '  ';
  return indents.startsWith('\t') ? '\t' : ' '.repeat(Math.min(indents.length, 8));
}

/** The content of a file: text, where it is UTF-8 without NUL. */
export async function draftOfFile(file: File): Promise<ScriptDraft> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    if (!text.includes('\0')) return draftOf(text);
  } catch {
    // Told below as what it is.
  }
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return { ...emptyDraft, bytes: { base64, size: bytes.length, name: file.name } };
}
