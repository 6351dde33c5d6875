/** Short questions to a server that a setting names, such as a sign-in provider: no redirects, no proxy, no long answers. */
import type { AllowList } from './address.ts';
import { addressBytes } from './address.ts';
import { checkLiteral, type AddressResolver } from './http-connection.ts';
import { sendRequest } from './http-request.ts';

const mostBytes = 1_048_576;

/** Nothing inside at all. */
const outsideOnly: AllowList = { address: () => false, host: () => false, port: () => false };

/** Addresses inside too, but those of the link itself, where clouds tell their machines secrets. */
const insideToo: AllowList = { ...outsideOnly, address: (text) => !isLinkLocal(text) };

function isLinkLocal(text: string): boolean {
  const bytes = addressBytes(text);
  if (bytes === null) return true;
  const [a, b] = bytes.length === 4 ? bytes : bytes.slice(0, 10).some((byte) => byte !== 0) ? bytes : bytes.slice(12);
  return (a === 169 && b === 254) || (bytes.length === 16 && a === 0xfe && ((b ?? 0) & 0xc0) === 0x80);
}

export interface GuardedRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | null;
  readonly signal: AbortSignal;
}

/**
 * One request that follows no redirect and reads at most 1 MB. Addresses inside are refused where the connection resolves
 * them, unless `allowPrivate`; link-local ones always.
 *
 * @throws `BlockedAddressError`, or what the connection failed with
 */
export async function guardedFetch(
  address: string,
  { method, headers, body = null, signal }: GuardedRequest,
  { allowPrivate, resolve }: { readonly allowPrivate: boolean; readonly resolve?: AddressResolver },
): Promise<Response> {
  const url = new URL(address);
  const allowed = allowPrivate ? insideToo : outsideOnly;
  checkLiteral(url, allowed);
  const plain = { ...headers, 'accept-encoding': 'identity' };
  const answer = await sendRequest({ url, allowed, resolve, method, headers: plain, body, signal });
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > mostBytes) {
      answer.destroy();
      throw new RangeError(`${url.host} answers more than 1 MB.`);
    }
    parts.push(part);
  }
  const { statusCode = 0 } = answer;
  const content = [204, 205, 304].includes(statusCode) ? null : Buffer.concat(parts);
  const type = answer.headers['content-type'];
  return new Response(content, { status: statusCode, headers: type === undefined ? {} : { 'content-type': type } });
}
