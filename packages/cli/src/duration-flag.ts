import { wrongFlag } from './exit-status.ts';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30s`, `5m`, `1h`, `500ms`; a bare number is seconds. @throws CommandError status 2 naming the flag */
export function parseDuration(text: string, flag: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim());
  const size = units[match?.[2] ?? 's'];
  if (match?.[1] === undefined || size === undefined) {
    throw wrongFlag(flag, `'${text}' is no length of time. Write for example 30s, 5m or 1h.`);
  }
  return Number(match[1]) * size;
}
