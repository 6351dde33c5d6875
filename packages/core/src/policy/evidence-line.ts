/** The one line of an error text that tells most. */

const longest = 200;
/** Frames of a stack, and what only frames the message. */
const frame =
  /^\s*(?:at\s|File "|\.{3}|\^+\s*$|[-=~]{3,}\s*$|Node\.js v\d|\}|\{|Traceback \(most recent|npm (?:ERR!|error) A complete log)/u;
const telling =
  /\b(?:error|fatal|exception|failed|failure|cannot|denied|refused|unable|panic|not found)\b|\w(?:Error|Exception)\b/iu;

/**
 * The last line of `text` that names an error; the last that is no frame of a stack where none does. Null when there is
 * none.
 */
export function evidenceLine(text: string | null): string | null {
  const lines = (text ?? '').split('\n').map((line) => line.trim());
  const said = lines.filter((line) => line !== '' && !frame.test(line));
  const line = said.findLast((each) => telling.test(each)) ?? said.at(-1);
  return line === undefined ? null : line.slice(0, longest);
}
