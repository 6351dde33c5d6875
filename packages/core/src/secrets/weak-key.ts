const leastBytes = 32;
const leastDifferent = 10;
/** What keys are called before somebody chooses one, and what stands in examples. */
const placeholders =
  /change.?me|your.?(?:own.?)?(?:secret|key)|secret.?key|example|password|default|insecure|replace.?(?:me|this)|placeholder|0123456789|abcdefgh|qwerty|letmein/i;

/** Why a text cannot be the key of an installation; null when it can (SEC-A4). */
export function weakness(text: string): string | null {
  const bytes = Buffer.byteLength(text);
  if (bytes < leastBytes) return `has ${bytes} bytes; at least ${leastBytes} are needed`;
  const found = placeholders.exec(text)?.[0];
  if (found !== undefined) return `holds '${found}', as examples do. Make one: openssl rand -base64 32`;
  if (new Set(text).size < leastDifferent)
    return 'is made of too few different characters. Make one: openssl rand -base64 32';
  return null;
}
