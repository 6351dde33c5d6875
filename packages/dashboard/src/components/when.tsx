import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { useNow, useZoneMode } from '../lib/store.ts';
import { aheadText, browserZone, fullText, relativeText, whenText, zoneMark, type ZoneMode } from '../lib/time.ts';

/**
 * The zone of the first line. `auto` follows what people think in: plans in the job's zone, records in the viewer's.
 * Without a job there is no job's zone.
 */
export function zoneFor(mode: ZoneMode, zone: string | undefined, planned = false): string {
  if (mode === 'utc') return 'UTC';
  const jobs = mode === 'job' || (mode === 'auto' && planned);
  return jobs ? (zone ?? browserZone()) : browserZone();
}

interface WhenProps {
  /** RFC 3339 instant in UTC. */
  readonly at: string | null | undefined;
  /** The job's zone, where there is one. */
  readonly zone?: string | undefined;
  /** The instant belongs to a schedule, not to a record: its author thinks in the job's zone. */
  readonly planned?: boolean;
  /** It is what comes next: once its instant has passed it is due, until it is planned. */
  readonly next?: boolean;
  readonly precision?: 'minute' | 'second';
  /** What stands where there is no instant. */
  readonly none?: string;
}

interface LineProps {
  readonly instant: number;
  readonly zone: string;
  readonly planned: boolean;
  readonly exact: boolean;
  readonly next: boolean;
  readonly rhythm: 'second' | 'half-minute';
}

function Line({ instant, zone, planned, exact, next, rhythm }: LineProps) {
  const ticked = useNow(rhythm);
  // A record is never ahead; between two ticks it can be newer than the clock that is shown.
  const now = planned ? ticked : Math.max(ticked, instant);
  return (
    <>
      {whenText(instant, now, zone, { seconds: exact, distance: next ? aheadText : relativeText })}{' '}
      <span className="jtp-zone">{zoneMark(instant, zone)}</span>
    </>
  );
}

/** An instant with its offset: the chosen zone first, the others on hover, focus or tap. The only place that shows one. */
export function When({ at, zone, planned = false, next = false, precision = 'minute', none = '—' }: WhenProps) {
  const mode = useZoneMode();
  const instant = at === null || at === undefined ? Number.NaN : Date.parse(at);
  const near = Math.abs(instant - useNow('half-minute')) < 90_000;
  if (Number.isNaN(instant)) return <span>{none}</span>;
  const first = zoneFor(mode, zone, planned);
  return (
    <InstantCard instant={instant} zones={[first, ...(zone === undefined ? [] : [zone])]}>
      <Line
        instant={instant}
        zone={first}
        planned={planned}
        exact={precision === 'second'}
        next={next}
        rhythm={near ? 'second' : 'half-minute'}
      />
    </InstantCard>
  );
}

/** What stands for an instant, with the same in every zone that matters on hover, focus or tap. */
export function InstantCard({
  instant,
  zones,
  children,
}: {
  readonly instant: number;
  readonly zones: readonly string[];
  readonly children: ReactNode;
}) {
  const all = [...new Set([...zones, browserZone(), 'UTC'])];
  const card = all.map((one) => <div key={one}>{fullText(instant, one, true)}</div>);
  return (
    <Tooltip label={<>{card}</>} events={{ hover: true, focus: true, touch: true }} multiline withArrow>
      <time dateTime={new Date(instant).toISOString()} tabIndex={0} className="jtp-figures">
        {children}
      </time>
    </Tooltip>
  );
}
