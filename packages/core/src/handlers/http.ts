/**
 * Jobs of type `http`: one request, one answer. Redirects are not followed, proxies not asked, and no address inside is
 * reached unless the installation names it.
 */
import { hasBuiltInType } from '../model/job.ts';
import type { IncomingMessage } from 'node:http';
import { JobTriggerError } from '../errors.ts';
import type { HttpConfig } from '../model/job.ts';
import { allowList, type AllowList } from './address.ts';
import { categorise } from './failure.ts';
import {
  failed,
  stopReasonOf,
  stopped,
  succeeded,
  type Handler,
  type HandlerContext,
  type HandlerOutcome,
} from './handler.ts';
import { checkLiteral } from './http-connection.ts';
import { sendRequest } from './http-request.ts';
import { readBody } from './http-response.ts';
import { checkHttpConfig } from './http-rules.ts';
import { http } from './node-http.ts';
import { withRunLog, type RunLog } from './run-log.ts';
import { timeLimit } from './time-limit.ts';

export const httpHandler: Handler = {
  type: 'http',
  async run(context: HandlerContext): Promise<HandlerOutcome> {
    const { definition, ports, timeoutMs } = context;
    if (!hasBuiltInType(definition) || definition.type !== 'http')
      throw new TypeError(`not an http job: ${definition.type}`);
    const { config } = definition;
    return withRunLog(context, async (log) => {
      const limit = timeLimit(ports.clock, context.signal, timeoutMs);
      const begun = ports.clock.mono();
      context.onStarted({ pid: null, startedAt: ports.clock.wall() });
      try {
        const allowed = allowList(ports.settings.outgoingAllow);
        const url = checkHttpConfig(config, allowed);
        checkLiteral(url, allowed);
        // What follows the ? may be a secret.
        log.note(`${config.method} ${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`);
        const answer = await exchange(context, { config, url, allowed, signal: limit.signal }, log);
        return judge(config, answer, ports.clock.mono() - begun);
      } catch (error) {
        if (limit.signal.aborted) return stopped(stopReasonOf(limit.signal), { timeoutMs });
        return toFailure(error, log);
      } finally {
        limit.clear();
      }
    });
  },
};

interface Request {
  readonly config: HttpConfig;
  readonly url: URL;
  readonly allowed: AllowList;
  readonly signal: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly bytes: number;
  readonly location: string | null;
  readonly retryAfter: string | null;
}

async function exchange(context: HandlerContext, request: Request, log: RunLog): Promise<Answer> {
  const response = await send(context, request);
  const { statusCode: status = 0, headers } = response;
  log.note(`${status} ${response.statusMessage ?? http.STATUS_CODES[status] ?? ''}`.trimEnd());
  const { bytes, cut } = await readBody(response, (piece) => log.write('stdout', piece));
  if (cut) log.note(`--- the answer goes on; its first ${bytes} bytes were kept ---`);
  return {
    status,
    bytes,
    contentType: headers['content-type'] ?? null,
    location: headers.location ?? null,
    retryAfter: headers['retry-after'] ?? null,
  };
}

async function send(context: HandlerContext, { config, url, allowed, signal }: Request): Promise<IncomingMessage> {
  return sendRequest({
    url,
    allowed,
    resolve: context.ports.resolve,
    method: config.method,
    headers: headersOf(context, config),
    body: config.body,
    signal,
  });
}

function headersOf({ names }: HandlerContext, config: HttpConfig): Record<string, string> {
  const headers: Record<string, string> = {
    accept: '*/*',
    'accept-encoding': 'gzip, deflate, br',
    'user-agent': 'job-trigger-portal',
    'idempotency-key': names.occurrenceKey,
  };
  for (const [name, value] of Object.entries(config.headers)) headers[name.toLowerCase()] = value;
  headers['jtp-fence'] = String(names.fence);
  return headers;
}

function judge({ expectedStatus }: HttpConfig, answer: Answer, tookMs: number): HandlerOutcome {
  const { status, bytes, contentType } = answer;
  const result = { status, bytes, content_type: contentType, duration_ms: Math.round(tookMs) };
  const expected = expectedStatus === null ? status >= 200 && status <= 299 : expectedStatus.includes(status);
  if (expected) return succeeded({ result, httpStatus: status });
  const wanted = expectedStatus === null ? '2xx' : expectedStatus.join(', ');
  const moved =
    answer.location === null ? '' : ` It leads to ${answer.location.slice(0, 200)}; redirects are not followed.`;
  const message = `HTTP ${status}${status in http.STATUS_CODES ? ` ${http.STATUS_CODES[status]}` : ''}; expected ${wanted}.${moved}`;
  const retryAfterMs = retryAfter(answer.retryAfter);
  return failed(
    { category: categorise({ httpStatus: status }), message, detail: null },
    { result, httpStatus: status, ...(retryAfterMs === null ? {} : { retryAfterMs }) },
  );
}

/** Whole seconds, a day at most. The form with a date is not read: it would need both sides to agree on the time. */
function retryAfter(text: string | null): number | null {
  return text !== null && /^\d{1,9}$/.test(text) ? Math.min(Number(text), 86_400) * 1000 : null;
}

function toFailure(error: unknown, log: RunLog): HandlerOutcome {
  const { message, code = null } = error as Error & { code?: string };
  const text = message === '' ? (code ?? 'The request failed.') : message;
  log.note(text);
  if (code === 'blocked_address' || error instanceof JobTriggerError) {
    return failed({ category: 'config_error', message: text, detail: null }, { reason: code, retryable: false });
  }
  const category =
    code !== null && /^(?:HPE_|ERR_SSL|CERT_|DEPTH_|SELF_SIGNED|UNABLE_TO|ERR_TLS|Z_)/.test(code)
      ? 'network_error'
      : categorise({ code, text });
  return failed({ category, message: code === null || text.includes(code) ? text : `${text} (${code})`, detail: null });
}
