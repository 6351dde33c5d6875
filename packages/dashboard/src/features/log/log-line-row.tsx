import type { LogLine } from 'job-trigger-contract';
import { memo } from 'react';
import { clockText, durationText } from '../../lib/time.ts';
import { spansOf } from './ansi.ts';

export type Times = 'none' | 'elapsed' | 'clock';

interface LogLineRowProps {
  readonly number: number;
  /** Absent while it is being asked for. */
  readonly line: LogLine | undefined;
  readonly look: '' | 'hit' | 'here' | 'marked';
  readonly times: Times;
  readonly zone: string;
  /** Instant of the start in milliseconds; elapsed time counts from it. */
  readonly startedAt: number | null;
  readonly onNumber: (line: number, extend: boolean) => void;
  readonly onWhole: (line: number) => void;
}

const looks = { '': '', hit: ' jtp-log-row-hit', here: ' jtp-log-line-here', marked: ' jtp-log-line-marked' } as const;

function timeText(line: LogLine | undefined, times: Times, zone: string, startedAt: number | null): string | null {
  if (times === 'none') return null;
  const at = line?.at === null || line === undefined ? Number.NaN : Date.parse(line.at);
  if (Number.isNaN(at)) return ' '.repeat(8);
  if (times === 'clock') return clockText(at, zone, true);
  return startedAt === null ? ' '.repeat(8) : `+${durationText((at - startedAt) / 1000)}`;
}

/** One line as spans; whatever it holds, it is text. */
export const LogLineRow = memo(function LogLineRow({
  number,
  line,
  look,
  times,
  zone,
  startedAt,
  onNumber,
  onWhole,
}: LogLineRowProps) {
  const time = timeText(line, times, zone, startedAt);
  const stream = line?.stream ?? 'stdout';
  const kind = stream === 'stdout' ? '' : ` jtp-log-row-${stream}`;
  return (
    <div className={`jtp-log-line${kind}${looks[look]}`} data-line={number}>
      <button
        type="button"
        className="jtp-log-number"
        tabIndex={-1}
        aria-label={`Link to line ${number}`}
        onClick={(event) => onNumber(number, event.shiftKey)}
      >
        {number}
      </button>
      <span className="jtp-log-stream">
        {stream === 'stderr' ? (
          <abbr title="standard error">err</abbr>
        ) : stream === 'system' ? (
          <abbr title="said by the portal">sys</abbr>
        ) : (
          ''
        )}
      </span>
      {time === null ? null : <span className="jtp-log-time">{time}</span>}
      <span className="jtp-log-text">
        {line === undefined
          ? '…'
          : spansOf(line.text).map((span, index) =>
              span.classes.length === 0 ? (
                span.text
              ) : (
                <span key={index} className={span.classes.join(' ')}>
                  {span.text}
                </span>
              ),
            )}
      </span>
      {line?.cut === true ? (
        <button type="button" className="jtp-log-more" onClick={() => onWhole(number)}>
          … show all
        </button>
      ) : null}
    </div>
  );
});
