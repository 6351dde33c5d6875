/** Whom jobs run as: a name, numbers, or a range of them. */
import { JobTriggerError } from '../errors.ts';
import type { RunAs } from '../model/run-user.ts';

/** The last but one that the system has; the last means nobody at all. */
const greatest = 4_294_967_294;
const namePattern = /^[a-z_][a-z0-9_.-]{0,31}$/i;

const isUser = (id: number): boolean => id > 0 && id <= greatest;

/** @throws `configuration_invalid` */
export function runAsOf(text: string | null, source: string): RunAs | null {
  if (text === null || text === '') return null;
  const range = /^(\d{1,10})-(\d{1,10})$/.exec(text);
  if (range !== null) {
    const [from, to] = [Number(range[1]), Number(range[2])];
    if (isUser(from) && isUser(to) && from <= to) return { kind: 'range', from, to };
  }
  const numbers = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(text);
  if (numbers !== null) {
    const uid = Number(numbers[1]);
    const gid = numbers[2] === undefined ? null : Number(numbers[2]);
    if (isUser(uid) && (gid === null || isUser(gid))) return { kind: 'numbers', uid, gid };
  }
  if (namePattern.test(text)) return { kind: 'name', name: text };
  const message = `must be a user’s name, a number or number:group above 0, or a range such as 61000-61099; found '${text}'`;
  throw new JobTriggerError('configuration_invalid', `worker.run_as (from ${source}): ${message}`, {
    fields: [{ path: 'worker.run_as', message }],
  });
}
