import type { TimelineShape } from 'job-trigger-contract';
import type { Group } from '../../lib/palette.ts';
import { runLooks } from '../../lib/states.ts';
import { durationText } from '../../lib/time.ts';

export interface Sums {
  readonly runs: number;
  readonly failed: number;
  readonly skipped: number;
  readonly due: number;
}

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
  /** What it stands for. */
  readonly sums: Sums;
}

/** `12 ran, 1 failed, 3 skipped, 24 due`; what is none is left out. */
export function sumWords({ runs, failed, skipped, due }: Sums): string {
  const parts = [
    runs > 0 ? `${runs} ran${failed > 0 ? `, ${failed} failed` : ''}` : '',
    skipped > 0 ? `${skipped} skipped` : '',
    due > 0 ? `${due} due` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

const none: Sums = { runs: 0, failed: 0, skipped: 0, due: 0 };

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
      sums: { ...none, runs: 1, failed: group === 'failed' ? 1 : 0 },
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
      sums: { ...none, skipped: skip.count },
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
      sums: held ? { ...none, skipped: 1 } : { ...none, due: 1 },
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
      words: sumWords(cell),
      runId: null,
      sums: { runs: ran, failed, skipped, due },
    };
  });
  return [...runs, ...skips, ...coming, ...counts].sort((a, b) => a.at - b.at || a.job - b.job);
}

export function sumOf(entries: readonly Entry[]): Sums {
  const total = (key: keyof Sums): number => entries.reduce((sum, { sums }) => sum + sums[key], 0);
  return { runs: total('runs'), failed: total('failed'), skipped: total('skipped'), due: total('due') };
}

/** The sentence that sums a drawing up. */
export function summaryOf(timeline: TimelineShape): string {
  const { length } = timeline.jobs;
  const words = sumWords(sumOf(entriesOf(timeline)));
  const about = timeline.estimated ? ' Part of what is due was reckoned from its rate.' : '';
  return `${length} ${length === 1 ? 'job' : 'jobs'}${words === '' ? '' : `: ${words}`}.${about}`;
}

/** What is listed where not all fits: failures go before what went well; both in the order of time. */
export function mostTelling(entries: readonly Entry[], most: number): readonly Entry[] {
  const [failed, others] = [true, false].map((isFailed) => entries.filter(({ sums }) => sums.failed > 0 === isFailed));
  const chosen = new Set([...(failed ?? []), ...(others ?? [])].slice(0, most));
  return entries.filter((entry) => chosen.has(entry));
}
