import { Link } from '@tanstack/react-router';
import type { TimelineShape } from 'job-trigger-contract';
import type { CSSProperties } from 'react';
import { useNow } from '../../lib/store.ts';
import { clockText, fullText } from '../../lib/time.ts';
import { placeOf, ticksOf, type Span } from './axis.ts';
import { bandLegend, bandTitle, type Band } from './bands.ts';
import { entriesOf, summaryOf, type Entry } from './entries.ts';
import './timeline.css';

function boxOf(at: number, until: number, span: Span): CSSProperties {
  const left = placeOf(at, span);
  return { left: `${left}%`, width: `${Math.max(0, placeOf(until, span) - left)}%` };
}

function Mark({ entry, span, zone, most }: { entry: Entry; span: Span; zone: string; most: number }) {
  const box = boxOf(entry.at, entry.until, span);
  const title = `${entry.jobName}, ${fullText(entry.at, zone)}: ${entry.words}`;
  const kind = `jtp-mark jtp-mark-${entry.kind} jtp-mark-${entry.group}`;
  if (entry.runId !== null)
    return (
      <Link to="/runs/$id" params={{ id: entry.runId }} className={kind} style={box} title={title} tabIndex={-1}>
        <span className="jtp-unseen">{title}</span>
      </Link>
    );
  if (entry.kind !== 'count') return <span className={kind} style={box} title={title} />;
  const { runs, skipped, due } = entry.sums;
  const height = `${Math.max(18, ((runs + skipped + due) / most) * 100)}%`;
  return <span className={kind} style={{ ...box, height }} title={title} />;
}

/** The clock of now would lie over a label this near, in per cent of the width. */
const isUnderNow = (apart: number): boolean => apart > -6 && apart < 3;

interface LanesProps {
  readonly timeline: TimelineShape;
  readonly span: Span;
  readonly zone: string;
  readonly bands: readonly Band[];
}

/** A row a job: past bars solid and as long as they were, future outlines as long as usual, skips marked. */
export function Lanes({ timeline, span, zone, bands }: LanesProps) {
  const now = useNow('half-minute');
  const entries = entriesOf(timeline);
  const ticks = ticksOf(span, zone, 12);
  const lanes = timeline.jobs.map((job, place) => ({
    job,
    place,
    marks: entries.filter((entry) => entry.job === place),
  }));
  const most = Math.max(1, ...timeline.counts.map(({ runs, skipped, due }) => runs + skipped + due));
  return (
    <div className="jtp-lanes-scroll">
      <section className="jtp-lanes" aria-label={`${summaryOf(timeline)} The agenda lists them.`}>
        <div className="jtp-lane jtp-lane-axis">
          <span className="jtp-lane-name" />
          <div className="jtp-lane-track" aria-hidden="true">
            {ticks
              .filter(({ at, strong }) => strong || !isUnderNow(placeOf(at, span) - placeOf(now, span)))
              .map(({ at, label, strong }) => (
                <span
                  key={at}
                  className={strong ? 'jtp-tick jtp-tick-strong' : 'jtp-tick'}
                  style={{ left: `${placeOf(at, span)}%` }}
                >
                  {label}
                </span>
              ))}
            {now > span.from && now < span.to ? (
              <span className="jtp-now-label" style={{ left: `${placeOf(now, span)}%` }}>
                {clockText(now, zone)}
              </span>
            ) : null}
          </div>
        </div>
        {lanes.map(({ job, place, marks }) => (
          <div key={job.id} className="jtp-lane">
            <Link to="/jobs/$id" params={{ id: job.id }} className="jtp-lane-name jtp-link" title={job.name}>
              {job.name}
            </Link>
            <div className="jtp-lane-track" aria-hidden="true">
              {bands
                .filter((band) => band.job === null || band.job === place)
                .map((band) => (
                  <span
                    key={`${band.kind} ${band.from} ${band.to}`}
                    className={`jtp-band jtp-band-${band.kind}`}
                    style={boxOf(band.from, band.to, span)}
                    title={bandTitle(band)}
                  />
                ))}
              {ticks.map(({ at, strong }) => (
                <span
                  key={at}
                  className={strong ? 'jtp-grid jtp-grid-strong' : 'jtp-grid'}
                  style={{ left: `${placeOf(at, span)}%` }}
                />
              ))}
              {marks.map((entry) => (
                <Mark key={entry.key} entry={entry} span={span} zone={zone} most={most} />
              ))}
              {now > span.from && now < span.to ? (
                <span className="jtp-now" style={{ left: `${placeOf(now, span)}%` }} />
              ) : null}
            </div>
          </div>
        ))}
      </section>
    </div>
  );
}

const legend = [
  ['run', 'success', 'Succeeded'],
  ['run', 'failed', 'Failed'],
  ['run', 'running', 'Running'],
  ['coming', 'waiting', 'Due, usual length'],
  ['skip', 'stopped', 'Skipped'],
] as const;

/** What the marks mean. */
export function Legend({ bands }: { readonly bands: readonly Band[] }) {
  return (
    <ul className="jtp-legend" aria-label="Legend">
      {legend.map(([kind, group, label]) => (
        <li key={label}>
          <span className={`jtp-mark jtp-mark-${kind} jtp-mark-${group} jtp-legend-mark`} aria-hidden="true" />
          {label}
        </li>
      ))}
      {bandLegend(bands).map(({ kind, words }) => (
        <li key={kind}>
          <span className={`jtp-band jtp-band-${kind} jtp-legend-mark`} aria-hidden="true" />
          {words}
        </li>
      ))}
    </ul>
  );
}
