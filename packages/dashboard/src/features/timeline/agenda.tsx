import { Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { TimelineShape } from 'job-trigger-contract';
import { clockText, zoneMark } from '../../lib/time.ts';
import { daysOf, type Span } from './axis.ts';
import { bandLinesIn, type Band, type BandLine } from './bands.ts';
import { entriesOf, type Entry } from './entries.ts';
import './timeline.css';

function Row({ entry, zone }: { readonly entry: Entry; readonly zone: string }) {
  const clock = clockText(entry.at, zone);
  return (
    <li>
      <time dateTime={new Date(entry.at).toISOString()} className="jtp-figures">
        {entry.kind === 'count' ? `${clock}–${clockText(entry.until, zone)}` : clock}
      </time>
      <Link to="/jobs/$id" params={{ id: entry.jobId }} className="jtp-link jtp-break">
        {entry.jobName}
      </Link>
      <span className={`jtp-state-${entry.group}`}>
        {entry.runId === null ? (
          entry.words
        ) : (
          <Link to="/runs/$id" params={{ id: entry.runId }} className="jtp-link">
            {entry.words}
          </Link>
        )}
      </span>
    </li>
  );
}

interface BandRowProps {
  readonly line: BandLine;
  readonly jobs: TimelineShape['jobs'];
  readonly day: Span;
  readonly zone: string;
}

/** `3 jobs`, or which one it is. */
function whoseText(places: BandLine['jobs'], jobs: TimelineShape['jobs']): string {
  if (places === null) return 'All jobs';
  const [only = 0] = places;
  return places.length === 1 ? (jobs[only]?.name ?? '1 job') : `${places.length} jobs`;
}

function BandRow({ line, jobs, day, zone }: BandRowProps) {
  const isWhole = line.from === day.from && line.to === day.to;
  return (
    <li className="jtp-agenda-band">
      <span className="jtp-figures">
        {isWhole ? 'All day' : `${clockText(line.from, zone)}–${clockText(line.to, zone)}`}
      </span>
      <span className="jtp-break">{whoseText(line.jobs, jobs)}</span>
      <span className="jtp-break">
        <span className={`jtp-band jtp-band-${line.kind} jtp-legend-mark`} aria-hidden="true" /> {line.title}
      </span>
    </li>
  );
}

/** The most rows of one day that stand open. */
const mostRows = 200;

interface AgendaProps {
  readonly timeline: TimelineShape;
  readonly span: Span;
  readonly zone: string;
  readonly bands: readonly Band[];
}

/**
 * Everything in the order of time, a heading a day: what a phone and a screen reader get. What holds runs back that day
 * stands before them.
 */
export function Agenda({ timeline, span, zone, bands }: AgendaProps) {
  const entries = entriesOf(timeline);
  const days = daysOf(span, zone)
    .map((day) => ({
      ...day,
      rows: entries.filter(({ at }) => at >= day.from && at < day.to),
      held: bandLinesIn(bands, day),
    }))
    .filter(({ rows, held }) => rows.length > 0 || held.length > 0);
  if (days.length === 0) return <Text>Nothing ran or is due here.</Text>;
  return (
    <Stack className="jtp-agenda">
      {days.map(({ from, to, label, hours, rows, held }) => (
        <section key={from} aria-label={label}>
          <Title order={2} size="h5">
            {label} <span className="jtp-zone">{zoneMark(from, zone)}</span>
            {hours === 24 ? '' : ` · ${hours} h long`}
          </Title>
          <ul>
            {held.map((line) => (
              <BandRow
                key={`${line.from} ${line.to} ${line.title}`}
                line={line}
                jobs={timeline.jobs}
                day={{ from, to }}
                zone={zone}
              />
            ))}
            {rows.slice(0, mostRows).map((entry) => (
              <Row key={entry.key} entry={entry} zone={zone} />
            ))}
          </ul>
          {rows.length > mostRows ? <Text size="sm">and {rows.length - mostRows} more on this day</Text> : null}
        </section>
      ))}
    </Stack>
  );
}
