/** Markdown as the generated references write it. */

/** A cell of a table: one line, with what would end it escaped. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

export function code(text: string): string {
  return `\`${text}\``;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows.map((row) => row.map(cell))];
  return lines.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** The anchor that a heading gets when it is shown. */
export function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
}

/** One reference page: its heading, that it is made, and its parts. */
export function page(heading: string, source: string, parts: readonly string[]): string {
  const made = `*Reference, made from \`${source}\` by \`npm run docs:reference\`. Edit that, not this page.*`;
  return `${[`# ${heading}`, made, ...parts].join('\n\n')}\n`;
}
