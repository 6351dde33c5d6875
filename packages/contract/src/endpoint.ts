import type { z } from 'zod';

/** Who may call: nobody known, any person, or at least this role. Refused by default: every endpoint says one. */
export type Access = 'open' | 'viewer' | 'operator' | 'editor' | 'admin';

type Shape = z.ZodType;

/** One path with its shapes: what the portal checks, the client types, and the OpenAPI document tells. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `{id}` for parameters. */
  readonly path: string;
  readonly access: Access;
  /** Refused to keys: only somebody who is signed in may. */
  readonly inPerson?: true;
  /**
   * Asked in person, it needs a proof of who asks that is some minutes old at most (`security.proof_minutes`): it makes
   * credentials, or decides who comes in and with which rights. Keys and the local command line are not asked
   * (decision 19).
   */
  readonly proof?: true;
  /** Besides the role: for approvers and administrators. */
  readonly approver?: true;
  readonly tag: string;
  readonly summary: string;
  readonly params?: Shape;
  readonly query?: Shape;
  readonly body?: Shape;
  /** Takes an `Idempotency-Key`: the same request under it again has no second effect and answers 200 with the first answer. */
  readonly repeatable?: true;
  /** Of the body, in bytes, where it may be larger than 1 MB. */
  readonly mostBytes?: number;
  /** The status of success. */
  readonly status: 200 | 201 | 202 | 204;
  /** Null for no body. */
  readonly answer: Shape | null;
}

type Input<S> = S extends Shape ? z.input<S> : undefined;

/** A body that may be absent need not be named. */
type BodyOf<B> = undefined extends B ? { body?: B } : { body: B };

/** What a caller of the endpoint gives. */
export type CallOf<E extends Endpoint> = (E['params'] extends Shape
  ? { params: Input<E['params']> }
  : { params?: never }) &
  (E['query'] extends Shape ? { query?: Partial<Input<E['query']>> } : { query?: never }) &
  (E['body'] extends Shape ? BodyOf<Input<E['body']>> : { body?: never });

export type AnswerOf<E extends Endpoint> = E['answer'] extends Shape ? z.output<E['answer']> : undefined;

export function endpoint<const E extends Endpoint>(definition: E): E {
  return definition;
}
