import { spokenParts } from 'job-trigger-contract';
import { useNow, useZoneMode } from '../lib/store.ts';
import { shortText } from '../lib/time.ts';
import { InstantCard, zoneFor } from './when.tsx';

/** A sentence of the server's. The instants in it are written in the reader's zone, with the others on hover, focus or tap. */
export function Told({ text }: { readonly text: string }) {
  return (
    <>
      {spokenParts(text).map((part, at) =>
        // The parts of a sentence have no other name than their place.
        typeof part === 'string' ? part : <SpokenInstant key={at} at={part.at} zone={part.timezone} />,
      )}
    </>
  );
}

function SpokenInstant({ at, zone }: { readonly at: number; readonly zone: string }) {
  const first = zoneFor(useZoneMode(), zone);
  const now = useNow('half-minute');
  return (
    <InstantCard instant={at} zones={[first, zone]}>
      {shortText(at, first, now)}
    </InstantCard>
  );
}
