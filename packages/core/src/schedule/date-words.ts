/** Names of days and months, and local readings as people say them. */
import { civilFromDays, dayOf, localDateTimeText, type Local } from './civil.ts';

/** Monday first. */
export const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
export const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** `09:30`; with seconds where there are any. */
export function clockWords(local: Local): string {
  const text = localDateTimeText(local).slice(11);
  return text.endsWith(':00') ? text.slice(0, 5) : text;
}

/** `29 March`; with the year where it is asked for. */
export function dayWords(local: Local, withYear = false): string {
  const { year, month, day } = civilFromDays(dayOf(local));
  return `${day} ${monthNames[month - 1] ?? ''}${withYear ? ` ${year}` : ''}`;
}

/** `1 run`, `1,440 runs`. */
export function counted(count: number, noun: string): string {
  const figure = String(count).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${figure} ${noun}${count === 1 ? '' : 's'}`;
}
