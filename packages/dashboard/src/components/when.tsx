import { Tooltip } from '@mantine/core';
import { serverNow } from '../lib/clock.ts';
import { useNow, useZoneMode } from '../lib/store.ts';
import { browserZone, fullText, whenText, type ZoneMode } from '../lib/time.ts';

/** The zone that a choice means for one instant; without a job there is no job's zone. */
export function zoneFor(mode: ZoneMode, zone: string | undefined): string {
  if (mode === 'utc') return 'UTC';
  return mode === 'job' ? (zone ?? browserZone()) : browserZone();
}

interface WhenProps {
  /** RFC 3339 instant in UTC. */
  readonly at: string | null | undefined;
  /** The job's zone, where there is one. */
  readonly zone?: string | undefined;
  readonly precision?: 'minute' | 'second';
  /** What stands where there is no instant. */
  readonly none?: string;
}

/** An instant: the chosen zone first, the others on hover, focus or tap. The only place that shows one. */
export function When({ at, zone, precision = 'minute', none = '—' }: WhenProps) {
  const mode = useZoneMode();
  const instant = at === null || at === undefined ? Number.NaN : Date.parse(at);
  const ticked = useNow('half-minute');
  // Between two ticks an instant may come to pass: it then lies in the past and not "in 6 s".
  const now = Math.max(ticked, Math.min(instant, serverNow()));
  if (Number.isNaN(instant)) return <span>{none}</span>;
  const first = zoneFor(mode, zone);
  const zones = [...new Set([first, ...(zone === undefined ? [] : [zone]), browserZone(), 'UTC'])];
  const exact = precision === 'second';
  const card = zones.map((one) => <div key={one}>{fullText(instant, one, true)}</div>);
  return (
    <Tooltip label={<>{card}</>} events={{ hover: true, focus: true, touch: true }} multiline withArrow>
      <time dateTime={new Date(instant).toISOString()} tabIndex={0} className="jtp-figures">
        {whenText(instant, now, first, exact)}
        {mode === 'job' && zone !== undefined && zone !== browserZone() ? ` (${zone})` : ''}
      </time>
    </Tooltip>
  );
}
