/** One beat to an outside watcher such as Healthchecks: a plain request whose coming is all that it says. */
import type { AllowList } from '../handlers/address.ts';
import type { AddressResolver } from '../handlers/http-connection.ts';
import { sendRequest } from '../handlers/http-request.ts';
import { timeLimit } from '../handlers/time-limit.ts';
import type { Clock } from '../system/clock.ts';

const timeoutMs = 10_000;
/** The address comes from whoever runs the process, as the database's does: it may lead inside. */
const anywhere: AllowList = { address: () => true, host: () => true, port: () => true };

/** @returns why it failed; null when the watcher took it */
export async function sendBeat(
  url: string,
  {
    clock,
    signal,
    resolve,
  }: { readonly clock: Clock; readonly signal: AbortSignal; readonly resolve?: AddressResolver },
): Promise<string | null> {
  const limit = timeLimit(clock, signal, timeoutMs);
  try {
    const headers = { 'user-agent': 'job-trigger-portal' };
    const response = await sendRequest({
      url: new URL(url),
      allowed: anywhere,
      resolve,
      method: 'GET',
      headers,
      body: null,
      signal: limit.signal,
    });
    response.destroy();
    const { statusCode: status = 0 } = response;
    return status >= 200 && status <= 299 ? null : `The watcher answered ${status}.`;
  } catch (error) {
    if (limit.signal.aborted && !signal.aborted) return `No answer within ${timeoutMs / 1000} s.`;
    const { message, code } = error as Error & { code?: string };
    return message === '' ? (code ?? 'The request failed.') : message;
  } finally {
    limit.clear();
  }
}
