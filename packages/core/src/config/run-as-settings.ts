/** Whom jobs run as: a name, numbers, or a range of them. */
import { JobTriggerError } from '../errors.ts';
import type { RunAs } from '../model/run-user.ts';

/** The last but one that the system has; the last means nobody at all. */
const greatest = 4_294_967_294;
const namePattern = /^[a-z_][a-z0-9_.-]{0,31}$/i;

const isUser = (id: number): boolean => id > 0 && id <= greatest;

function rangeOf(text: string): RunAs | null {
  const found = /^(\d{1,10})-(\d{1,10})$/.exec(text);
  if (found === null) return null;
  const [from, to] = [Number(found[1]), Number(found[2])];
  return isUser(from) && isUser(to) && from <= to ? { kind: 'range', from, to } : null;
}

function numbersOf(text: string): RunAs | null {
  const found = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(text);
  if (found === null) return null;
  const uid = Number(found[1]);
  const gid = found[2] === undefined ? null : Number(found[2]);
  return isUser(uid) && (gid === null || isUser(gid)) ? { kind: 'numbers', uid, gid } : null;
}

/** @throws `configuration_invalid` */
export function runAsOf(decided: { readonly value: unknown; readonly source: string } | undefined): RunAs | null {
  const { value = null, source = 'default' } = decided ?? {};
  if (typeof value !== 'string' || value === '') return null;
  const named: RunAs | null = namePattern.test(value) ? { kind: 'name', name: value } : null;
  const runAs = rangeOf(value) ?? numbersOf(value) ?? named;
  if (runAs !== null) return runAs;
  const message = `must be a user’s name, a number or number:group above 0, or a range such as 61000-61099; found '${value}'`;
  throw new JobTriggerError('configuration_invalid', `worker.run_as (from ${source}): ${message}`, {
    fields: [{ path: 'worker.run_as', message }],
  });
}
