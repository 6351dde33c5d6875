import { placeAfter } from './place-after.ts';

const key = 'jtp-place-after';

/** Remembers in this tab where a sign-in through others is to lead. */
export function keepPlace(to: unknown): void {
  sessionStorage.setItem(key, placeAfter(to));
}

/** The place that was kept, once. */
export function keptPlace(): string {
  const place = placeAfter(sessionStorage.getItem(key));
  sessionStorage.removeItem(key);
  return place;
}
