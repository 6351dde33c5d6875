import type { TimelineShape } from 'job-trigger-contract';
import type { Group } from '../../lib/palette.ts';
import { runLooks } from '../../lib/states.ts';
import { durationText } from '../../lib/time.ts';

/** One thing to draw or list: a run, an instant that was skipped, one that comes, or a count of them. */
export interface Entry {
  readonly key: string;
  readonly at: number;
  readonly until: number;
  /** Place of the job. */
  readonly job: number;
  readonly jobId: string;
  readonly jobName: string;
  readonly group: Group;
  readonly kind: 'run' | 'skip' | 'coming' | 'count';
  readonly words: string;
  /** The run's page, for a run. */
  readonly runId: string | null;
  /** How many it stands for. */
  readonly count: number;
}

function countWords({ runs, failed, skipped, due }: TimelineShape['counts'][number]): string {
  const parts = [
    runs > 0 ? `${runs} ran${failed > 0 ? `, ${failed} failed` : ''}` : '',
    skipped > 0 ? `${skipped} skipped` : '',
    due > 0 ? `${due} due` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

/** Everything of a timeline in the order of time. */
export function entriesOf(timeline: TimelineShape): readonly Entry[] {
  const now = Date.parse(timeline.now);
  const jobOf = (place: number) => {
    const job = timeline.jobs[place];
    return { job: place, jobId: job?.id ?? '', jobName: job?.name ?? '' };
  };
  const usualMs = (place: number): number => (timeline.jobs[place]?.usual_seconds ?? 0) * 1000;
  const runs = timeline.runs.map((run): Entry => {
    const { label, group } = runLooks[run.state];
    const at = Date.parse(run.from);
    const until = run.to === null ? now : Date.parse(run.to);
    const length = run.state === 'queued' ? '' : ` · ${durationText((until - at) / 1000)}`;
    return {
      ...jobOf(run.job),
      key: run.run_id,
      at,
      until,
      group,
      kind: 'run',
      words: `${label}${length}`,
      runId: run.run_id,
      count: 1,
    };
  });
  const skips = timeline.skips.map((skip): Entry => {
    const many = skip.count > 1 ? `${skip.count} skipped` : 'Skipped';
    return {
      ...jobOf(skip.job),
      key: `skip ${skip.job} ${skip.from} ${skip.reason}`,
      at: Date.parse(skip.from),
      until: Date.parse(skip.to),
      group: 'stopped',
      kind: 'skip',
      words: `${many}: ${skip.reason_text}`,
      runId: null,
      count: skip.count,
    };
  });
  const coming = timeline.coming.map(({ job, at, reason, reason_text }): Entry => {
    const begin = Date.parse(at);
    const usual = usualMs(job);
    const held = reason !== null;
    return {
      ...jobOf(job),
      key: `coming ${job} ${at}`,
      at: begin,
      until: held ? begin : begin + usual,
      group: held ? 'stopped' : 'waiting',
      kind: held ? 'skip' : 'coming',
      words: held
        ? `Will be skipped: ${reason_text ?? reason}`
        : usual > 0
          ? `Due, usually ${durationText(usual / 1000)}`
          : 'Due',
      runId: null,
      count: 1,
    };
  });
  const width = (timeline.stretch_seconds ?? 0) * 1000;
  const counts = timeline.counts.map((cell): Entry => {
    const at = Date.parse(cell.at);
    const { runs: ran, failed, skipped, due } = cell;
    return {
      ...jobOf(cell.job),
      key: `count ${cell.job} ${cell.at}`,
      at,
      until: at + width,
      group: failed > 0 ? 'failed' : ran > 0 ? 'success' : due > 0 ? 'waiting' : 'stopped',
      kind: 'count',
      words: countWords(cell),
      runId: null,
      count: ran + skipped + due,
    };
  });
  return [...runs, ...skips, ...coming, ...counts].sort((a, b) => a.at - b.at || a.job - b.job);
}

/** The sentence that sums a drawing up. */
export function summaryOf(timeline: TimelineShape): string {
  const { runs, skips, coming, counts, jobs } = timeline;
  const total = (key: 'runs' | 'failed' | 'skipped' | 'due'): number =>
    counts.reduce((sum, cell) => sum + cell[key], 0);
  const ran = runs.length + total('runs');
  const failed = runs.filter(({ state }) => runLooks[state].group === 'failed').length + total('failed');
  const skipped = skips.reduce((sum, { count }) => sum + count, 0) + total('skipped');
  const due = coming.filter(({ reason }) => reason === null).length + total('due');
  const held = coming.length - coming.filter(({ reason }) => reason === null).length;
  const about = timeline.estimated ? 'about ' : '';
  return `${jobs.length} ${jobs.length === 1 ? 'job' : 'jobs'}: ${ran} ran, ${failed} failed, ${skipped + held} skipped, ${about}${due} due.`;
}
