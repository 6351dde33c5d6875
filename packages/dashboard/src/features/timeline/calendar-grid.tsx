import { Text } from '@mantine/core';
import type { TimelineShape } from 'job-trigger-contract';
import { useNow } from '../../lib/store.ts';
import { clockText } from '../../lib/time.ts';
import { daysOf, type Span } from './axis.ts';
import { bandTitle, type Band } from './bands.ts';
import { entriesOf, mostTelling, sumOf, sumWords } from './entries.ts';
import './timeline.css';

interface CalendarGridProps {
  readonly timeline: TimelineShape;
  /** Whole weeks from a Monday. */
  readonly span: Span;
  readonly zone: string;
  readonly bands: readonly Band[];
  readonly open: (day: number) => void;
}

/** Weeks as rows of days; a day opens in its own view. */
export function CalendarGrid({ timeline, span, zone, bands, open }: CalendarGridProps) {
  const now = useNow('half-minute');
  const entries = entriesOf(timeline);
  const days = daysOf(span, zone);
  const isWeek = days.length <= 8;
  const most = isWeek ? 14 : 4;
  return (
    <div className="jtp-days">
      {days.map(({ from, to, label, hours }) => {
        // A counted stretch belongs to the day of its middle.
        const rows = entries.filter((entry) => {
          const at = entry.kind === 'count' ? (entry.at + entry.until) / 2 : entry.at;
          return at >= from && at < to;
        });
        const sums = sumOf(rows);
        const today = now >= from && now < to;
        const held = new Set(bands.filter((band) => band.from < to && band.to > from).map(bandTitle));
        const single = rows.filter(({ kind }) => kind !== 'count');
        return (
          <section
            key={from}
            className={`jtp-day ${isWeek ? 'jtp-day-week' : ''} ${today ? 'jtp-day-today' : ''}`}
            aria-label={label}
          >
            <button type="button" className="jtp-day-open jtp-link" onClick={() => open(from)}>
              {label.replace(/,? \d{4}$/, '')}
            </button>
            {hours === 24 ? null : (
              <Text size="xs" className="jtp-state-attention">
                {hours} h long
              </Text>
            )}
            <Text size="xs" className={sums.failed > 0 ? 'jtp-state-failed' : ''}>
              {sumWords(sums)}
            </Text>
            {[...held].slice(0, 3).map((title) => (
              <Text key={title} size="xs" className="jtp-state-attention jtp-anywhere">
                {title}
              </Text>
            ))}
            <ul>
              {mostTelling(single, most).map((entry) => (
                <li key={entry.key} className={`jtp-state-${entry.group}`} title={`${entry.jobName}: ${entry.words}`}>
                  {clockText(entry.at, zone)} {entry.jobName}
                </li>
              ))}
              {single.length > most ? <li>and {single.length - most} more</li> : null}
            </ul>
          </section>
        );
      })}
    </div>
  );
}
