/** Messages of the server and the fields they speak of. */
export type Errors = Readonly<Record<string, string>>;

export const fieldId = (path: string): string => `field-${path}`;

/** What is said of a field or of a part of it, as `times.1` of `times`. */
export function messageAt(errors: Errors, path: string): string | undefined {
  const found = Object.entries(errors).filter(([at]) => at === path || at.startsWith(`${path}.`));
  return found.length === 0 ? undefined : found.map(([, message]) => message).join(' ');
}

/** Ties a field to the path under which the server speaks of it. */
export const fieldAt = (errors: Errors, path: string) => ({ id: fieldId(path), error: messageAt(errors, path) });

/** The field of a path, or the nearest that holds it: `schedules.0.times.1` leads to its times, else to its schedule. */
export function fieldOf(path: string): HTMLElement | null {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const found = document.getElementById(fieldId(at));
    if (found !== null) return found;
  }
  return null;
}

const lists: Readonly<Record<string, string>> = { schedules: 'Schedule', parameters: 'Parameter' };

/** What holds the fields and needs no name: a job has one, and so has a preview. */
const aloneHere: ReadonlySet<string> = new Set(['config', 'schedule']);

/** `Schedule 1, times` of `schedules.0.times.1`: how people find it on the page. */
export function wordsOfPath(path: string): string {
  const [first = '', second, ...rest] = path.split('.');
  const list = lists[first];
  const words = (parts: readonly string[]): string =>
    parts
      .filter((part) => !/^\d+$/.test(part))
      .join(' ')
      .replaceAll('_', ' ');
  if (list !== undefined && second !== undefined && /^\d+$/.test(second)) {
    const field = words(rest);
    return `${list} ${Number(second) + 1}${field === '' ? '' : `, ${field}`}`;
  }
  const plain = words([aloneHere.has(first) ? '' : first, ...(second === undefined ? [] : [second]), ...rest]).trim();
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}
