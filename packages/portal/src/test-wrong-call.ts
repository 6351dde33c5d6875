/** A call that must be refused, with the field and the words that the refusal has to hold. */
export interface WrongCall {
  readonly what: string;
  readonly method?: string;
  /** `{job}` is a saved job, `{outside}` a file outside the scripts folder. */
  readonly path?: string;
  /** Sent as JSON, a text as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly code: string;
  /** What `errors[].path` holds; null for a refusal that is about no field. */
  readonly field: string | null;
  readonly says: string;
}

export const script = (more: object): object => ({
  name: 'wrong',
  type: 'script',
  config: { script: 'hello.sh' },
  ...more,
});
export const config = (more: object): object => script({ config: { script: 'hello.sh', ...more } });

export const invalid = { status: 422, code: 'invalid' } as const;
export const malformed = { status: 400, code: 'malformed' } as const;
