/** What an artifact may be called. Its name is told to people and to programs that write files: it must stay in a folder. */

const longestName = 500;
const longestStep = 255;
/** Control characters, those that turn the direction of text, and the sign of bytes that are no UTF-8. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffd]/u;

/** A relative path in normal form C with forward slashes, or why it cannot be one. */
export type ArtifactName = { readonly name: string } | { readonly problem: string };

export function artifactName(path: string): ArtifactName {
  const name = path.normalize('NFC');
  if (name.length > longestName) return { problem: `Its name has more than ${longestName} characters.` };
  if (unseen.test(name)) return { problem: 'Its name holds characters that nobody can see, or that are no UTF-8.' };
  if (name.includes('\\')) return { problem: 'Its name holds a backslash, which is a folder elsewhere.' };
  const steps = name.split('/');
  if (steps.some((step) => step === '' || step === '.' || step === '..'))
    return { problem: 'Its name is no plain path below the folder.' };
  if (steps.some((step) => Buffer.byteLength(step) > longestStep))
    return { problem: `A part of its name has more than ${longestStep} bytes.` };
  return { name };
}

/** A name as it may stand in a list, whatever it holds. */
export function shownName(path: string): string {
  return path.normalize('NFC').replaceAll(new RegExp(unseen, 'gu'), '?').slice(0, longestName);
}
