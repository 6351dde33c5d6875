/**
 * What never stands in the audit. A value is masked for where it stands, then for what it looks like. The list:
 *
 * - fields whose name says secret, token, password, key, credential, signature, cookie or authorization, and their parts:
 *   parameters, environment, headers and a plugin's settings alike;
 * - the body of a request, and the values of a URL's query, whole;
 * - user and password in a URL; what follows `Bearer` or `Basic`; what stands behind a flag such as `--token`.
 */
export const masked = '[masked]';

const secretName =
  /secret|token|passw|passphrase|pwd|credential|signature|cookie|authorization|(?:api|access|private|signing|encryption|auth)[-_]?key|^x-.*-key$|^key$|^hash$|_hash$|^auth$|_key$/i;

/** Names that hold one of the words above and are no secret. */
const plainName = /^(?:timeout|max|idempotency).*$|^key_id$/i;

function isSecretName(name: string): boolean {
  return secretName.test(name) && !plainName.test(name);
}

/** Of a job, by variable the name of a secret: a reference, and no value. */
const references = /^secrets\.\w+$/;

const wholeFields = /(?:^|\.)config\.body$/;

const secretFlag = /^--?[\w-]*(?:secret|token|passw(?:or)?d|api-?key|credential)[\w-]*/i;

function maskedUrl(url: string): string {
  return url
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@\s]*@/i, `$1${masked}@`)
    .replace(/([?&][^=&#\s]*=)[^&#\s]*/g, `$1${masked}`);
}

function maskedText(text: string): string {
  const plain = text
    .replace(/\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{6,}/gi, `$1 ${masked}`)
    .replace(/(--?[\w-]*(?:secret|token|passw(?:or)?d|api-?key|credential)[\w-]*[= ])\S+/gi, `$1${masked}`)
    .replace(/\b([\w-]*(?:secret|token|passw(?:or)?d|api_?key)[\w-]*=)\S+/gi, `$1${masked}`);
  return plain.replace(/\b[a-z][a-z0-9+.-]*:\/\/\S+/gi, maskedUrl);
}

function maskedList(items: readonly unknown[]): readonly unknown[] {
  return items.map((item, at) => {
    const flag = items[at - 1];
    // `--token`, and its value as the argument after it.
    const isBehindFlag = typeof flag === 'string' && secretFlag.test(flag) && !flag.includes('=');
    return isBehindFlag ? masked : maskedValue(item);
  });
}

function maskedValue(value: unknown): unknown {
  if (typeof value === 'string') return maskedText(value);
  if (Array.isArray(value)) return maskedList(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, isSecretName(name) ? masked : maskedValue(item)]),
  );
}

/** The value that may be kept of a field. What is absent stays so. @param path of the field, its parts joined by dots */
export function maskedField(path: string, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (references.test(path)) return value;
  const isSecret = wholeFields.test(path) || path.split('.').some(isSecretName);
  return isSecret ? masked : maskedValue(value);
}
