/**
 * The forms in which a value turns up in output. Listed, as nobody can know all: reversed, compressed, encrypted or
 * spelled letter by letter it is not found.
 */

/** Shorter than this nothing is looked for. */
export const leastPatternBytes = 6;

/** Of each line that `base64`, `openssl base64` and `xxd -p` write; longer values go over several. */
const base64Widths = [76, 64];
const hexWidth = 60;

/**
 * Base64 of whatever holds the text: it depends on how many bytes stand before it. Characters that its neighbours
 * share are left out: nobody knows those.
 */
function base64Within(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const shared = Math.ceil((before * 8) / 6);
    const whole = Math.floor(((before + bytes.length) * 8) / 6);
    return Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .slice(shared, whole);
  });
}

const urlSafe = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_');

function cutInto(text: string, width: number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += width) pieces.push(text.slice(at, at + width));
  return pieces.length > 1 ? pieces : [];
}

/** Each by itself, and one after the other: a last line may be too short to be told by. */
const inLines = (pieces: readonly string[]): string[] => (pieces.length === 0 ? [] : [...pieces, pieces.join('\n')]);

function base64Forms(bytes: Buffer): string[] {
  const whole = bytes.toString('base64');
  const plain = [whole, whole.replace(/=+$/, ''), ...base64Within(bytes)];
  const lines = base64Widths.flatMap((width) => inLines(cutInto(whole, width)));
  return [...plain, ...plain.map(urlSafe), ...lines];
}

function hexForms(bytes: Buffer): string[] {
  const hex = bytes.toString('hex');
  return [hex, hex.toUpperCase(), ...inLines(cutInto(hex, hexWidth))];
}

const escaped = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

function urlForms(text: string): string[] {
  let plain: string;
  try {
    plain = encodeURIComponent(text);
  } catch {
    // Half a character has no such form.
    return [];
  }
  const strict = plain.replaceAll(/[!'()*]/g, escaped);
  const form = new URLSearchParams([['', text]]).toString().slice(1);
  const forms = [plain, strict, form, strict.replaceAll('%2F', '/'), strict.replaceAll('%20', '+')];
  return [...forms, ...forms.map((one) => one.replaceAll(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()))];
}

const unicode = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

function jsonForms(text: string): string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const ascii = plain.replaceAll(/[\u0080-\uffff]/g, unicode);
  const html = plain.replaceAll(/[<>&\u2028\u2029]/g, unicode);
  const slashes = plain.replaceAll('/', '\\/');
  const both = ascii.replaceAll('/', '\\/');
  return [plain, ascii, html, slashes, both, JSON.stringify(plain).slice(1, -1)];
}

/** As words of a shell, without the quotes at their ends. */
function shellForms(text: string): string[] {
  const ansi = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return [
    text.replaceAll("'", `'\\''`),
    text.replaceAll("'", `'"'"'`),
    text.replaceAll(/["$`\\]/g, String.raw`\$&`),
    text.replaceAll(/[^\w@%+=:,./\n\u0080-\uffff-]/g, String.raw`\$&`),
    ansi,
  ];
}

function markupForms(text: string): string[] {
  const most = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const quoted = most.replaceAll('"', '&quot;');
  return [most, quoted.replaceAll("'", '&#39;'), quoted.replaceAll("'", '&#x27;'), quoted.replaceAll("'", '&apos;')];
}

/** Every form of a text that is looked for, as bytes, without repeats. */
export function variantsOf(text: string): readonly Buffer[] {
  const bytes = Buffer.from(text);
  const forms = [
    text,
    ...base64Forms(bytes),
    ...hexForms(bytes),
    ...urlForms(text),
    ...jsonForms(text),
    ...shellForms(text),
    ...markupForms(text),
  ];
  return [...new Set(forms)].map((form) => Buffer.from(form)).filter((form) => form.length >= leastPatternBytes);
}
