/** What a retry policy comes to, as the worker reckons it: the delays between attempts, and when it gives up. */
type Retry = Readonly<Record<string, unknown>>;

export interface RetryPlan {
  readonly attempts: number;
  /** Seconds before attempts 2, 3 … */
  readonly delays: readonly number[];
  /** Seconds of waiting in all; the run times come on top. */
  readonly total: number;
}

/** The most attempts that are drawn one by one. */
export const mostDrawn = 6;
const longest = 366 * 86_400;

const numberOf = (value: unknown, none: number): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : none;

/** `max_delay_seconds` is an hour when absent, and no limit when null: as the server fills it in. */
function delayAfter(retry: Retry, failures: number): number {
  const delay = numberOf(retry['delay_seconds'], 300);
  const listed = Array.isArray(retry['delays_seconds']) ? (retry['delays_seconds'] as unknown[]).map(Number) : [];
  const most = retry['max_delay_seconds'] === null ? longest : numberOf(retry['max_delay_seconds'], 3600);
  if (retry['strategy'] === 'exponential') return Math.min(delay * 2 ** (failures - 1), most, longest);
  if (retry['strategy'] === 'custom') return Math.min(listed[Math.min(failures, listed.length) - 1] ?? delay, most);
  return Math.min(delay, most);
}

export function retryPlan(retry: Retry): RetryPlan {
  const attempts = Math.max(1, Math.min(1000, Math.floor(numberOf(retry['max_attempts'], 3))));
  const delays = Array.from({ length: attempts - 1 }, (_, at) => delayAfter(retry, at + 1));
  return { attempts, delays, total: delays.reduce((sum, delay) => sum + delay, 0) };
}

/** `30 s`, `1 m`, `3 m 30 s`, `2 h`: what is none is left out. */
export function spanWords(seconds: number): string {
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor((seconds % 86_400) / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [Math.round(seconds % 60), 's'],
  ];
  const said = parts.filter(([count]) => count > 0).slice(0, 2);
  return said.length === 0 ? '0 s' : said.map(([count, unit]) => `${count} ${unit}`).join(' ');
}

/** `30 s, 1 m, 2 m: gives up after 3 m 30 s of waiting.` */
export function retryWords(retry: Retry): string {
  const { attempts, delays, total } = retryPlan(retry);
  if (attempts === 1) return 'One attempt: gives up at the first failure.';
  const shown = delays.slice(0, mostDrawn - 1).map(spanWords);
  const more = delays.length > shown.length ? ', …' : '';
  const limit = numberOf(retry['max_total_seconds'], 0);
  const stops = limit > 0 ? `, or ${spanWords(limit)} after it first started` : '';
  return `${shown.join(', ')}${more}: gives up after ${spanWords(total)} of waiting${stops}.`;
}
