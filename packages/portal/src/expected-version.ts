import type { FastifyRequest } from 'fastify';
import { invalidField } from 'job-trigger-core';

/** `"12"` in `If-Match`: the version the caller last saw. Null without the header. @throws `invalid` for anything else */
export function expectedVersion({ headers }: Pick<FastifyRequest, 'headers'>): number | null {
  const header = headers['if-match'];
  if (header === undefined || header === '*') return null;
  const match = /^(?:W\/)?"(\d{1,9})"$/.exec(header);
  if (match?.[1] === undefined)
    throw invalidField('If-Match', 'must be the quoted version that was loaded, for example "3"');
  return Number(match[1]);
}
