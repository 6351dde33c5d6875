/** Which values are masked at all: a short one, or a word that stands in every log, would blot out what it never was. */

/** Shorter ones are not masked. */
const leastMaskedCharacters = 6;

export type Unmasked = 'short' | 'blank' | 'common';

const common = new Set(
  [
    'access admin administrator authorization bearer changeme client cluster config container content default',
    'development disabled docker enabled example failed failure foobar guest hidden hostname letmein localhost',
    'manager master mysql network normal object package password passwd please portal postgres postgresql',
    'primary private process production public qwerty readonly redis request response running sample schedule',
    'scheduler script secret secrets server service session status string success succeeded system testing',
    'testuser trustno1 undefined update upload user username version warning welcome worker 000000 111111',
    '123123 123456 1234567 12345678 123456789 1234567890 654321 abc123 abcdef password1 password123',
  ]
    .join(' ')
    .split(' '),
);

/** Why a value is shown where it turns up; null when it is masked. */
export function whyUnmasked(value: string): Unmasked | null {
  const text = value.trim();
  if (text === '') return 'blank';
  if (Array.from(text).length < leastMaskedCharacters) return 'short';
  return common.has(text.toLowerCase()) ? 'common' : null;
}

export const unmaskedWords: Readonly<Record<Unmasked, string>> = {
  blank: 'The value is nothing but spaces or line ends. It is not masked.',
  short: `The value has fewer than ${leastMaskedCharacters} characters. It is not masked: a log without it could not be read.`,
  common: 'The value is a common word. It is not masked: a log without it could not be read.',
};

/** Stands around a key, and is the same for everybody's. */
const boundary = /^-----(?:BEGIN|END) [A-Z0-9 ]+-----$/;

/** What is looked for of a value: all of it, and each line of a longer one that is long enough. */
export function maskedTexts(value: string): readonly string[] {
  if (whyUnmasked(value) !== null) return [];
  const lines = value
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => whyUnmasked(line) === null && !boundary.test(line));
  return [...new Set([value, value.trim(), ...lines])];
}
