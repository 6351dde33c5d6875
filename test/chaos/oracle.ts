/**
 * Which instants a rule names, found the slow way: every second is asked. Written from `docs` alone and sharing nothing
 * with the product, so that both cannot be wrong alike.
 */

export type Rule =
  /** Every so many seconds from an instant on. */
  | { readonly kind: 'interval'; readonly seconds: number; readonly start: number }
  /** Six fields, each `*`, a number, a list, a range or a step; of the last three only `*`. Read in a fixed offset. */
  | { readonly kind: 'cron'; readonly expression: string; readonly offsetMinutes: number };

const second = 1000;

/** Instants in (after, until], ascending. */
export function instantsOf(rule: Rule, after: number, until: number): number[] {
  const found: number[] = [];
  for (let at = Math.floor(after / second) * second; at <= until; at += second)
    if (at > after && names(rule, at)) found.push(at);
  return found;
}

function names(rule: Rule, at: number): boolean {
  if (rule.kind === 'interval') return at >= rule.start && (at - rule.start) % (rule.seconds * second) === 0;
  const local = new Date(at + rule.offsetMinutes * 60 * second);
  const values = [local.getUTCSeconds(), local.getUTCMinutes(), local.getUTCHours()];
  const fields = rule.expression.split(' ');
  if (fields.length !== 6 || fields.slice(3).some((field) => field !== '*'))
    throw new Error(`The oracle does not read '${rule.expression}'.`);
  return values.every((value, place) => matches(fields[place] ?? '*', value));
}

function matches(field: string, value: number): boolean {
  return field.split(',').some((part) => {
    const [range = '*', step = '1'] = part.split('/');
    const [from = 0, to = 59] = range === '*' ? [] : range.split('-').map(Number);
    const last = range === '*' || range.includes('-') ? to : from;
    return value >= from && value <= last && (value - from) % Number(step) === 0;
  });
}
