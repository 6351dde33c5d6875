/** Every failure leaves as an RFC 9457 problem document; never a stack, a path of the server or SQL. */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { fieldErrorsOf } from 'job-trigger-contract/mapping';
import { JobTriggerError, type ErrorKind, type FieldError, type Logger } from 'job-trigger-core';

export const statusByKind: Readonly<Record<ErrorKind, number>> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  edit_conflict: 412,
  too_large: 413,
  range: 416,
  invalid: 422,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
  timed_out: 504,
  no_space: 507,
};

export const problemTitles: Readonly<Record<number, readonly [code: string, title: string]>> = {
  400: ['malformed', 'The request cannot be read'],
  401: ['unauthenticated', 'Sign in first'],
  403: ['forbidden', 'Not allowed'],
  404: ['not_found', 'Not found'],
  408: ['timed_out', 'The request came too slowly'],
  409: ['conflict', 'The state does not allow it'],
  412: ['edit_conflict', 'Somebody saved first'],
  413: ['too_large', 'The request is too large'],
  415: ['unsupported_media_type', 'The content type is not understood'],
  416: ['range_not_satisfiable', 'Out of range'],
  422: ['invalid', 'A value is not acceptable'],
  429: ['rate_limited', 'Too many requests'],
  431: ['headers_too_large', 'The headers are too large'],
  503: ['unavailable', 'Not available just now'],
  504: ['timed_out', 'It took too long'],
  507: ['no_space', 'No space left'],
};

interface Failure {
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly fields?: readonly FieldError[];
  readonly more?: Readonly<Record<string, unknown>>;
}

interface ShapeIssue {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message?: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
}

function fromOurs(error: JobTriggerError): Failure {
  const { fields, ...more } = error.details;
  const status = statusByKind[error.kind];
  return {
    status,
    code: error.code,
    ...(status === 500 ? {} : { detail: error.message }),
    ...(fields === undefined ? {} : { fields }),
    more,
  };
}

/** What a schedule's shape refuses has the code that its rules give, so that one mistake has one code. */
const isOfSchedule = ({ path }: FieldError): boolean => /^schedules?(?:\.|$)/.test(path);

function fromShape(validation: readonly ShapeIssue[]): Failure {
  const fields = fieldErrorsOf(
    validation.map(({ keyword, instancePath, message, params }) => ({
      code: keyword,
      path: instancePath.split('/').filter((step) => step !== ''),
      message: message ?? 'is not acceptable',
      ...(Array.isArray(params['keys']) ? { keys: params['keys'].map(String) } : {}),
    })),
  );
  const [first] = fields;
  return {
    status: 422,
    code: fields.every(isOfSchedule) ? 'schedule_invalid' : 'invalid',
    fields,
    ...(first === undefined ? {} : { detail: `${first.path}: ${first.message}` }),
  };
}

/** What the server itself refuses before any shape is looked at, with what it would have taken. */
function accepted(status: number, mostBytes: number): FieldError | undefined {
  if (status === 413) return { path: '', message: `a body has at most ${Math.round(mostBytes / 1_048_576)} MB` };
  return status === 415 ? { path: 'Content-Type', message: 'must be application/json' } : undefined;
}

/** @param mostBytes of a body that the route takes */
function failureOf(error: FastifyError, mostBytes = 1_048_576): Failure {
  if (error instanceof JobTriggerError) return fromOurs(error);
  if (hasZodFastifySchemaValidationErrors(error)) return fromShape(error.validation);
  const status = error.statusCode ?? 500;
  const known = problemTitles[status];
  if (status >= 500 || known === undefined) return { status: 500, code: 'internal' };
  const field = accepted(status, mostBytes);
  return {
    status,
    code: known[0],
    detail: error.message,
    ...(field === undefined ? {} : { fields: [field] }),
  };
}

/** For what fails before there is a route: an address that cannot be read. */
export function answerFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  send(request, reply, failureOf(error));
}

function send(request: FastifyRequest, reply: FastifyReply, failure: Failure): FastifyReply {
  const { status, code, detail, fields, more } = failure;
  const { retry_after_seconds: wait = 5 } = (more ?? {}) as { readonly retry_after_seconds?: number };
  if (status === 503 || status === 429) reply.header('retry-after', String(wait));
  return reply
    .code(status)
    .type('application/problem+json')
    .serializer((document: unknown) => JSON.stringify(document))
    .send({
      ...more,
      type: 'about:blank',
      title: problemTitles[status]?.[1] ?? 'Our fault',
      status,
      code,
      ...(detail === undefined ? {} : { detail }),
      ...(fields === undefined ? {} : { errors: fields }),
      request_id: request.id,
    });
}

/** @returns how to answer for an address that names nothing */
export function errorHandling(
  app: FastifyInstance,
  log: Logger,
): { readonly notFound: (request: FastifyRequest, reply: FastifyReply) => void } {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const failure = failureOf(error, request.routeOptions.bodyLimit);
    if (failure.status === 500)
      log.error('request failed', {
        request_id: request.id,
        method: request.method,
        route: request.routeOptions.url,
        error,
      });
    return send(request, reply, failure);
  });
  return {
    notFound(request, reply) {
      send(request, reply, { status: 404, code: 'not_found', detail: 'There is nothing at this address.' });
    },
  };
}
