/** Posts signed messages to another program's address, one connection each. */
import type { AllowList } from '../handlers/address.ts';
import { checkLiteral, type AddressResolver } from '../handlers/http-connection.ts';
import { sendRequest } from '../handlers/http-request.ts';
import { readBody } from '../handlers/http-response.ts';
import { checkUrl } from '../handlers/http-rules.ts';
import { timeLimit } from '../handlers/time-limit.ts';
import type { Millis } from '../model/instant.ts';
import type { Clock } from '../system/clock.ts';
import type { Channel, Sent } from './channel.ts';
import { signatureHeaders } from './signature.ts';

export interface WebhookTarget {
  readonly url: string;
  /** In the clear; several while one is replaced by another. */
  readonly secrets: readonly string[];
}

export interface WebhookPorts {
  readonly clock: Clock;
  readonly allowed: AllowList;
  /** Default: the system's. */
  readonly resolve?: AddressResolver | undefined;
}

/** For the whole exchange. */
const timeoutMs: Millis = 15_000;
const mostAnswerBytes = 64 * 1024;
const shownAnswer = 500;
const longestRetryAfter = 86_400;

export function webhookChannel({ url: address, secrets }: WebhookTarget, ports: WebhookPorts): Channel {
  const { clock, allowed, resolve } = ports;
  return {
    async send({ id, body }, signal) {
      const at = clock.wall();
      const begun = clock.mono();
      const limit = timeLimit(clock, signal, timeoutMs);
      const done = (outcome: Omit<Sent, 'at' | 'tookMs'>): Sent => ({
        at,
        tookMs: Math.round(clock.mono() - begun),
        ...outcome,
      });
      try {
        const url = checkUrl(address, allowed, 'url');
        checkLiteral(url, allowed);
        const response = await sendRequest({
          url,
          allowed,
          resolve,
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'content-length': String(Buffer.byteLength(body)),
            'user-agent': 'job-trigger-portal',
            ...signatureHeaders({ id, at, body }, secrets),
          },
          body,
          signal: limit.signal,
        });
        const { statusCode: status = 0, headers } = response;
        const answer = await beginningOf(response);
        const ok = status >= 200 && status <= 299;
        const moved = headers.location === undefined ? '' : '; redirects are not followed';
        return done({
          ok,
          status,
          error: ok ? null : `The receiver answered ${status}${moved}.`,
          answer,
          gone: status === 410,
          retryAfterMs: retryAfter(headers['retry-after']),
        });
      } catch (error) {
        const timedOut = limit.signal.aborted && !signal.aborted;
        const { message, code } = error as Error & { code?: string };
        const said = message === '' ? (code ?? 'The request failed.') : message;
        const text = timedOut ? `No answer within ${timeoutMs / 1000} s.` : said;
        return done({ ok: false, status: null, error: text, answer: null, gone: false, retryAfterMs: null });
      } finally {
        limit.clear();
      }
    },
  };
}

/** The status has decided: an answer that breaks off, or never ends, changes nothing about it. */
async function beginningOf(response: Parameters<typeof readBody>[0]): Promise<string | null> {
  const pieces: Buffer[] = [];
  try {
    await readBody(response, (piece) => pieces.push(piece), mostAnswerBytes);
  } catch {
    // What came until then is shown.
  }
  const text = Buffer.concat(pieces).toString('utf8').replaceAll('\0', '').slice(0, shownAnswer).trim();
  return text === '' ? null : text;
}

function retryAfter(text: string | undefined): Millis | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Math.min(Number(text), longestRetryAfter) * 1000 : null;
}
