import { useNow } from '../lib/store.ts';
import { relativeText } from '../lib/time.ts';

function Ticking({ at, rhythm }: { at: number; rhythm: 'second' | 'half-minute' }) {
  return <span className="jtp-figures">{relativeText(at, useNow(rhythm))}</span>;
}

/** The distance to an instant: each second in the last minute, else each 30 s. */
export function Countdown({ at }: { readonly at: string }) {
  const instant = Date.parse(at);
  const near = Math.abs(instant - useNow('half-minute')) < 90_000;
  return <Ticking at={instant} rhythm={near ? 'second' : 'half-minute'} />;
}
