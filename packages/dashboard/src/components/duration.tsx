import { useNow } from '../lib/store.ts';
import { durationText } from '../lib/time.ts';

/** A length of time. */
export function Duration({ seconds, none = '—' }: { readonly seconds: number | null; readonly none?: string }) {
  return <span className="jtp-figures">{seconds === null ? none : durationText(seconds)}</span>;
}

/** The time since an instant, ticking. */
export function Elapsed({ since }: { readonly since: string }) {
  const now = useNow('second');
  return <span className="jtp-figures">{durationText(Math.floor((now - Date.parse(since)) / 1000))}</span>;
}
