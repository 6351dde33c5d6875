import type { AnswerOf, CallOf, Endpoint } from './endpoint.ts';
import { endpoints, type EndpointName, type Endpoints } from './endpoints.ts';
import type { Problem } from './shapes/common.ts';

/** What goes out; `path` has its query. Implemented over `fetch` by pages, and in-process by `jtp` on a database. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Present when the answer is read while it comes: no time limit but this signal. */
  readonly stream?: AbortSignal;
}
export interface WireAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly text: () => Promise<string>;
  /** The body as it comes, in place of `text`. Absent where the transport cannot. */
  readonly pieces?: () => AsyncIterable<string>;
  /** The same, as it is. */
  readonly rawPieces?: () => AsyncIterable<Uint8Array>;
}
export type Transport = (request: WireRequest) => Promise<WireAnswer>;

/** An answer that is no success: the problem document with its code. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }
  get code(): string {
    return this.problem.code;
  }
  get status(): number {
    return this.problem.status;
  }
}

/** Nobody answered: no server, no network, or the time limit passed. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
}

type Arguments<E extends Endpoint> =
  Record<string, never> extends CallOf<E>
    ? [call?: CallOf<E>, options?: CallOptions]
    : [call: CallOf<E>, options?: CallOptions];

/** One method an endpoint, typed by its shapes. Throws {@link ProblemError} or {@link UnreachableError}. */
export type Client = {
  readonly [N in EndpointName]: (...args: Arguments<Endpoints[N]>) => Promise<AnswerOf<Endpoints[N]>>;
};

interface LooseCall {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/** Ids, numbers and flags as they stand in an address. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

/** The address of a call: parameters escaped, absent query fields left out. */
export function pathOf(path: string, call: LooseCall): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(textOf(call.params?.[name])));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined && value !== null)
      query.set(name, Array.isArray(value) ? value.map(textOf).join(',') : textOf(value));
  }
  const text = query.toString();
  return text === '' ? filled : `${filled}?${text}`;
}

/** What an answer that is no success says. */
export function problemOf(status: number, text: string): Problem {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && 'code' in parsed) return parsed as Problem;
  } catch {
    // Not ours: a proxy's page, or nothing at all.
  }
  return {
    type: 'about:blank',
    title: `HTTP ${status}`,
    status,
    code: 'unavailable',
    request_id: '',
    detail: `The server answered with status ${status}.`,
  };
}

export function createClient(transport: Transport): Client {
  async function call(target: Endpoint, request: LooseCall = {}, options: CallOptions = {}): Promise<unknown> {
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const headers = {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    };
    const answer = await transport({ method: target.method, path: pathOf(target.path, request), headers, body });
    const text = await answer.text();
    if (answer.status < 200 || answer.status > 299) throw new ProblemError(problemOf(answer.status, text));
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }
  const client = Object.fromEntries(
    Object.entries(endpoints).map(([name, target]) => [
      name,
      (request?: LooseCall, options?: CallOptions) => call(target, request, options),
    ]),
  );
  return client as unknown as Client;
}

async function* bytesOf(answer: Response): AsyncGenerator<Uint8Array> {
  const reader = answer.body?.getReader();
  for (;;) {
    const read = await reader?.read();
    if (read === undefined || read.done) return;
    yield read.value;
  }
}

async function* piecesOf(answer: Response): AsyncGenerator<string> {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const read = await reader?.read();
    if (read === undefined || read.done) return;
    yield read.value;
  }
}

/** Calls over HTTP. `base` is empty in a page; `timeoutMs` bounds each call (default 30 s). */
export function fetchTransport({
  base = '',
  headers = {},
  timeoutMs = 30_000,
}: { base?: string; headers?: Readonly<Record<string, string>>; timeoutMs?: number } = {}): Transport {
  return async (request) => {
    const late = new AbortController();
    const limit = setTimeout(() => late.abort(), timeoutMs);
    const { stream } = request;
    try {
      const answer = await fetch(`${base}${request.path}`, {
        method: request.method,
        headers: { ...headers, ...request.headers },
        ...(request.body === undefined ? {} : { body: request.body }),
        signal: stream === undefined ? AbortSignal.timeout(timeoutMs) : AbortSignal.any([stream, late.signal]),
        redirect: 'error',
      });
      return {
        status: answer.status,
        headers: answer.headers,
        text: () => answer.text(),
        pieces: () => piecesOf(answer),
        rawPieces: () => bytesOf(answer),
      };
    } catch (cause) {
      throw new UnreachableError(`No answer from ${base === '' ? 'the server' : base}.`, { cause });
    } finally {
      clearTimeout(limit);
    }
  };
}
