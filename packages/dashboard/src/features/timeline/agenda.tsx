import { Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { TimelineShape } from 'job-trigger-contract';
import { clockText, zoneMark } from '../../lib/time.ts';
import { daysOf, type Span } from './axis.ts';
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

/** The most rows of one day that stand open. */
const mostRows = 200;

/** Everything in the order of time, a heading a day: what a phone and a screen reader get. */
export function Agenda({ timeline, span, zone }: { timeline: TimelineShape; span: Span; zone: string }) {
  const entries = entriesOf(timeline);
  const days = daysOf(span, zone)
    .map((day) => ({ ...day, rows: entries.filter(({ at }) => at >= day.from && at < day.to) }))
    .filter(({ rows }) => rows.length > 0);
  if (days.length === 0) return <Text>Nothing ran or is due here.</Text>;
  return (
    <Stack className="jtp-agenda">
      {days.map(({ from, label, hours, rows }) => (
        <section key={from} aria-label={label}>
          <Title order={3} size="h5">
            {label} <span className="jtp-zone">{zoneMark(from, zone)}</span>
            {hours === 24 ? '' : ` · ${hours} h long`}
          </Title>
          <ul>
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
