/** Makes error texts of one cause alike: what changes from run to run gives way to a mark. */

/** In this order: what is masked first is not read again. */
const marks: readonly (readonly [RegExp, string])[] = [
  [/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/giu, '<id>'],
  [/\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z| ?[+-]\d{2}:?\d{2})?)?/giu, '<time>'],
  [/\b\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\b/gu, '<time>'],
  [/\b0x[\da-f]+\b/giu, '<hex>'],
  // Without a letter it is a number, without a digit it may be a word.
  [/\b(?=[a-f]*\d)(?=\d*[a-f])[\da-f]{7,}\b/giu, '<hex>'],
  [/(?<![\w>])[-+]?\d+(?:[.,]\d+)*/gu, '<n>'],
  // Digits inside names: `backup_20260101.tar`, `worker-7`, `tmp8f3k`.
  [/\d+/gu, '<n>'],
];

/** Parts of a path that machines make: temporary folders, and names of random letters. */
const madeParts = /\/(?:tmp|var\/tmp|run|private\/var\/folders)\/[^\s:'")]+/giu;

const address = /\b(\d{1,3}(?:\.\d{1,3}){3})(:\d{1,5})?\b/gu;
/** Ports above are given out anew for each connection. */
const lastFixedPort = 32_767;
const kept = '\u{e000}';

/** More says nothing new. */
const longestMasked = 200;

/**
 * `line` without numbers, ids, times, hexadecimal words and made-up parts of paths. Addresses of hosts stay, as two
 * hosts are two causes. Masking twice changes nothing.
 */
export function maskedLine(line: string): string {
  const addresses: string[] = [];
  let text = line.replaceAll(kept, ' ').replace(madeParts, '/<path>');
  text = text.replace(address, (whole, host: string, port: string | undefined) => {
    const isFixed = port === undefined || Number(port.slice(1)) <= lastFixedPort;
    addresses.push(isFixed ? whole : `${host}:<n>`);
    return kept;
  });
  for (const [pattern, mark] of marks) text = text.replace(pattern, mark);
  text = text.replace(/\s+/gu, ' ').trim().slice(0, longestMasked).trimEnd();
  for (const each of addresses) text = text.replace(kept, () => each);
  return text;
}
