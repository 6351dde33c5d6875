import { parseInstant } from 'job-trigger-core';
import { wrongFlag } from './exit-status.ts';

/** Epoch milliseconds of an RFC 3339 instant. @throws CommandError status 2 naming the flag */
export function instantFlag(text: string, flag: string): number {
  const at = parseInstant(text);
  if (at === null) throw wrongFlag(flag, `'${text}' is no RFC 3339 instant, for example 2027-01-31T09:00:00Z.`);
  return at;
}
