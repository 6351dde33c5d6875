/**
 * Jobs of type `http`: one request, one answer. Redirects are not followed, proxies not asked, and no address inside is
 * reached unless the installation names it.
 */
import { hasBuiltInType } from '../model/job.ts';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { JobTriggerError } from '../errors.ts';
import type { HttpConfig } from '../model/job.ts';
import type { Failure } from '../model/run.ts';
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
import { judgeAnswer, type Verdict } from './http-assertions.ts';
import { checkLiteral } from './http-connection.ts';
import { sendRequest } from './http-request.ts';
import { readBody } from './http-response.ts';
import { checkHttpConfig } from './http-rules.ts';
import { http } from './node-http.ts';
import { withSecrets } from '../model/secret.ts';
import { withRunLog, type RunLog } from './run-log.ts';
import { timeLimit } from './time-limit.ts';

export const httpHandler: Handler = {
  type: 'http',
  async run(context: HandlerContext): Promise<HandlerOutcome> {
    const { definition, ports, timeoutMs } = context;
    if (!hasBuiltInType(definition) || definition.type !== 'http')
      throw new TypeError(`not an http job: ${definition.type}`);
    const config = configWith(definition.config, context.secrets);
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
        return judge(config, answer, ports.clock.mono() - begun, log);
      } catch (error) {
        if (limit.signal.aborted) return stopped(stopReasonOf(limit.signal), { timeoutMs });
        return toFailure(error, log);
      } finally {
        limit.clear();
      }
    });
  },
};

/** In header values and the body; an address shows in logs, so none stands there. */
function configWith(config: HttpConfig, secrets: HandlerContext['secrets']): HttpConfig {
  if (secrets === undefined) return config;
  const fill = (text: string): string => withSecrets(text, secrets.values);
  const headers = Object.entries(config.headers).map(([name, value]) => [name, fill(value)]);
  return { ...config, headers: Object.fromEntries(headers), body: config.body === null ? null : fill(config.body) };
}

interface Request {
  readonly config: HttpConfig;
  readonly url: URL;
  readonly allowed: AllowList;
  readonly signal: AbortSignal;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: number;
  readonly cut: boolean;
  /** Empty where no assertion asks for it. */
  readonly body: string;
}

/** Headers that say what came and whence; others may hold what nobody should read later, as `set-cookie` does. */
const toldHeaders =
  /^(?:content-(?:type|length|encoding|language)|date|server|age|cache-control|etag|expires|last-modified|location|retry-after|allow|via|x-request-id|(?:x-)?ratelimit-[a-z-]+)$/;
const longestToldHeader = 500;

function headersToTell(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const told = Object.entries(headers).filter(([name, value]) => toldHeaders.test(name) && value !== undefined);
  return Object.fromEntries(told.map(([name, value]) => [name, String(value).slice(0, longestToldHeader)]));
}

async function exchange(context: HandlerContext, request: Request, log: RunLog): Promise<Answer> {
  const response = await send(context, request);
  const { statusCode: status = 0, headers } = response;
  log.note(`${status} ${response.statusMessage ?? http.STATUS_CODES[status] ?? ''}`.trimEnd());
  const asksBody = (request.config.assertions ?? []).some(({ kind }) => /^(?:body|json)_/.test(kind));
  const pieces: Buffer[] = [];
  const { bytes, cut } = await readBody(response, (piece) => {
    log.write('stdout', piece);
    if (asksBody) pieces.push(piece);
  });
  if (cut) log.note(`--- the answer goes on; its first ${bytes} bytes were kept ---`);
  return { status, headers, bytes, cut, body: Buffer.concat(pieces).toString('utf8') };
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

/** What is wrong with the status, in words; null when it is one of those expected. */
function statusProblem({ expectedStatus }: HttpConfig, { status, headers }: Answer): string | null {
  const expected = expectedStatus === null ? status >= 200 && status <= 299 : expectedStatus.includes(status);
  if (expected) return null;
  const wanted = expectedStatus === null ? '2xx' : expectedStatus.join(', ');
  const { location } = headers;
  const moved = location === undefined ? '' : ` It leads to ${location.slice(0, 200)}; redirects are not followed.`;
  return `HTTP ${status}${status in http.STATUS_CODES ? ` ${http.STATUS_CODES[status]}` : ''}; expected ${wanted}.${moved}`;
}

function judge(config: HttpConfig, answer: Answer, tookMs: number, log: RunLog): HandlerOutcome {
  const { status, bytes, headers } = answer;
  const verdicts = judgeAnswer(config.assertions ?? [], { ...answer, tookMs });
  for (const verdict of verdicts) log.note(verdictText(verdict));
  const result = {
    status,
    bytes,
    content_type: headers['content-type'] ?? null,
    duration_ms: Math.round(tookMs),
    headers: headersToTell(headers),
    ...(verdicts.length === 0 ? {} : { assertions: verdicts }),
  };
  const wrongStatus = statusProblem(config, answer);
  const wrong = verdicts.filter(({ ok }) => !ok).map(verdictText);
  const failure = failureOf(status, wrongStatus, wrong);
  if (failure === null) return succeeded({ result, httpStatus: status });
  const retryAfterMs = retryAfter(headers['retry-after'] ?? null);
  return failed(failure, { result, httpStatus: status, ...(retryAfterMs === null ? {} : { retryAfterMs }) });
}

/** Told of first: the status, then the assertions in their order. */
function failureOf(status: number, wrongStatus: string | null, wrong: readonly string[]): Failure | null {
  const [message, ...more] = wrongStatus === null ? wrong : [wrongStatus, ...wrong];
  if (message === undefined) return null;
  // Where the answer came as it should, what the job itself checks does not hold: that is as an exit code other than 0.
  const category = wrongStatus === null ? 'script_error' : categorise({ httpStatus: status });
  return { category, message, detail: more.length === 0 ? null : more.join('\n') };
}

const verdictText = ({ check, ok, found }: Verdict): string => (ok ? `Holds: ${check}` : `Not so: ${check}. ${found}`);

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
