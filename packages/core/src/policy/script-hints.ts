/** What a reviewer should look at in a script: hints, and no verdict. Pure. */

import type { ScriptHintCode } from '../model/script-approval.ts';

export interface ScriptHint {
  readonly code: ScriptHintCode;
  readonly text: string;
  /** From 1; null for the whole. */
  readonly line: number | null;
}

const largeBytes = 65_536;
/** Of one kind, so that a long file does not hide the others. */
const mostOfOne = 20;

const interpreters: Readonly<Record<string, RegExp>> = {
  '.sh': /\b(?:ba|da|k|z)?sh\b/,
  '.py': /\bpython[\d.]*\b/,
  '.js': /\b(?:node|deno|bun)\b/,
  '.mjs': /\b(?:node|deno|bun)\b/,
  '.ts': /\b(?:node|deno|bun|tsx)\b/,
};

const secrets: readonly RegExp[] = [
  /\bAKIA[0-9A-Z]{16}\b/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(?:ghp|gho|ghs|glpat|xox[abp]|sk_live|jtp)[_-][A-Za-z0-9_-]{16,}/,
  /(?:passw(?:or)?d|passwd|secret|token|api_?key)["']?\s*[:=]\s*["'][^"'$\s{]{8,}["']/i,
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"']+:[^\s/@"'$]{4,}@/i,
];

/** Reads other files as code: they are not part of what is approved. */
const neighbours =
  /^\s*(?:\.|source)\s+\S|\bfrom\s+\.\w*\s+import\b|\brequire\(\s*['"]\.|\bimport\b[^;]*['"]\.{1,2}\/|\beval\b/;

/** Text that is shown in another order than it is read in, and characters that show as nothing. */
const hidden = /[\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069]/u;

/** The text of a file; null when it is none. A byte-order mark stays in it. */
export function textOf(content: Buffer): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

export function scriptHints(path: string, content: Buffer): readonly ScriptHint[] {
  const large: ScriptHint[] =
    content.length > largeBytes
      ? [{ code: 'large', text: `It has ${content.length} bytes: much to read.`, line: null }]
      : [];
  const text = textOf(content);
  if (text === null)
    return [...large, { code: 'not_text', text: 'It is no UTF-8 text, and cannot be read here.', line: null }];
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  return [
    ...large,
    ...ofFirstLine(path, lines[0] ?? ''),
    ...(text.startsWith('\uFEFF') ? [markHint] : []),
    ...(text.includes('\r\n') ? [crlfHint] : []),
    ...found('secret', 'Looks like a secret.', lines, (line) => secrets.some((pattern) => pattern.test(line))),
    ...found('neighbour', 'Runs what is not part of this file, and is not approved with it.', lines, (line) =>
      neighbours.test(line),
    ),
    ...found('hidden_characters', 'Holds characters that are not shown as they are read.', lines, (line) =>
      hidden.test(line),
    ),
  ];
}

const crlfHint: ScriptHint = {
  code: 'crlf',
  text: 'Its lines end with CR LF; a first line with an interpreter does not work so on Linux.',
  line: null,
};
const markHint: ScriptHint = {
  code: 'byte_order_mark',
  text: 'It begins with a byte-order mark; its first line names no interpreter then.',
  line: 1,
};

function ofFirstLine(path: string, line: string): readonly ScriptHint[] {
  const extension = /\.[a-z0-9]+$/.exec(path.toLowerCase())?.[0] ?? '';
  const wanted = interpreters[extension];
  if (wanted === undefined) return [];
  if (!line.startsWith('#!'))
    return [{ code: 'no_first_line', text: `It names no interpreter; one for ${extension} is taken.`, line: null }];
  if (wanted.test(line)) return [];
  const text = `Its first line names another interpreter than its ending: ${line.trim().slice(0, 80)}`;
  return [{ code: 'other_first_line', text, line: 1 }];
}

function found(
  code: ScriptHintCode,
  text: string,
  lines: readonly string[],
  matches: (line: string) => boolean,
): readonly ScriptHint[] {
  // A line of megabytes is no line of a script, and would take a pattern long.
  const places = lines.flatMap((line, index) => (line.length <= 4000 && matches(line) ? [index + 1] : []));
  return places.slice(0, mostOfOne).map((line) => ({ code, text, line }));
}
