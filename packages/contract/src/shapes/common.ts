import { z } from 'zod';

// A page's content policy forbids making code from text, and even the try to find out is reported as a violation.
if ('document' in globalThis) z.config({ jitless: true });

/** RFC 3339 in UTC with `Z`; three decimals, none for a whole second. */
export const Instant = z.string().meta({ id: 'Instant', format: 'date-time', description: 'RFC 3339 instant in UTC.' });

/** A UUIDv7 as made by `toUuid`. Ids are strings: as a number, large ones would change. */
export const Uuid = z
  .uuid('must be an id as this portal gives it, a UUID')
  .meta({ id: 'Uuid', description: 'UUIDv7 of the row.' });

/** A code of the reason catalogue with its sentence beside it. */
export const Reason = { reason: z.string().nullable(), reason_text: z.string().nullable() };

/** An RFC 9457 problem document; every answer that is not 2xx is one. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    code: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    request_id: z.string(),
  })
  .catchall(z.unknown())
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

/** What every list takes. */
export const PageQuery = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(1000).optional(),
};

/** What every list answers, newest first unless `sort` says otherwise. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    next_cursor: z.string().nullable(),
    limit: z.int(),
    total: z.int().optional(),
  });
}

/** `true` and `false` in a query; anything else is refused. */
export const QueryFlag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** Several values in one query field, separated by commas. */
export function queryList<T extends string>(values: readonly [T, ...T[]]) {
  return z
    .string()
    .max(500)
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(values)).min(1));
}
