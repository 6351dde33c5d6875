/** What a shape found wrong, told field by field. */
import type { FieldError } from 'job-trigger-core';

interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Of `unrecognized_keys`. */
  readonly keys?: readonly string[];
}

/** Every issue with its dotted path below `prefix`; a key that nobody knows is a field of its own. */
export function fieldErrorsOf(issues: readonly Issue[], prefix: readonly string[] = []): FieldError[] {
  return issues.flatMap((issue) => {
    const at = [...prefix, ...issue.path.map(String)];
    if (issue.code !== 'unrecognized_keys') return [{ path: at.join('.'), message: issue.message }];
    return (issue.keys ?? []).map((key) => ({
      path: [...at, key].join('.'),
      message: 'is not known here; check the spelling, or leave it out',
    }));
  });
}
