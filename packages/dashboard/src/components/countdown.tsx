import { useNow } from '../lib/store.ts';
import { aheadText } from '../lib/time.ts';

function Ticking({ at, rhythm }: { at: number; rhythm: 'second' | 'half-minute' }) {
  return <span className="jtp-figures">{aheadText(at, useNow(rhythm))}</span>;
}

/** The distance to what comes next: each second in the last minute, else each 30 s. */
export function Countdown({ at }: { readonly at: string }) {
  const instant = Date.parse(at);
  const near = Math.abs(instant - useNow('half-minute')) < 90_000;
  return <Ticking at={instant} rhythm={near ? 'second' : 'half-minute'} />;
}
