import type { RunDetail } from 'job-trigger-contract';
import { durationText } from '../../lib/time.ts';

export type Progress =
  | { readonly kind: 'reported'; readonly percent: number; readonly text: string }
  | { readonly kind: 'estimated'; readonly percent: number; readonly over: boolean; readonly text: string }
  | { readonly kind: 'unknown'; readonly text: string };

/** Counts by name, such as "done 4, total 10"; empty without any. */
export function itemsText(items: Readonly<Record<string, number>> | null): string {
  return Object.entries(items ?? {})
    .map(([name, count]) => `${name} ${count.toLocaleString('en')}`)
    .join(', ');
}

/** What a run says of itself beside the percentage; null when it says nothing. */
function saidIn(progress: RunDetail['progress']): string | null {
  const parts = [progress?.phase ?? '', progress?.message ?? '', itemsText(progress?.items ?? null)];
  return parts.filter((part) => part !== '').join(', ') || null;
}

function reported(fraction: number, message: string | null): Progress {
  const percent = Math.round(Math.min(1, Math.max(0, fraction)) * 100);
  return { kind: 'reported', percent, text: message === null ? `${percent} %` : `${percent} %, ${message}` };
}

/** The last that an ended run said of how far it was; null when it said nothing. */
export function lastProgress({ progress }: Pick<RunDetail, 'progress'>): string | null {
  if (progress === null) return null;
  const said = saidIn(progress);
  return progress.fraction === null ? said : reported(progress.fraction, said).text;
}

function unknown(elapsed: number, message: string | null): Progress {
  const running = `Running for ${durationText(Math.floor(elapsed))}`;
  return { kind: 'unknown', text: message === null ? running : `${running}, ${message}` };
}

function estimated(elapsed: number, usual: number): Progress {
  const over = elapsed > usual * 1.5;
  const text = `${over ? 'Longer than usual' : 'Estimated'}: usually ${durationText(usual)}, median of earlier runs; now ${durationText(Math.floor(elapsed))}`;
  return { kind: 'estimated', percent: Math.min(95, Math.round((elapsed / usual) * 100)), over, text };
}

/** How far a running run is: told by itself, guessed from earlier runs, or not known. The three must not look alike. */
export function progressOf(
  run: Pick<RunDetail, 'progress' | 'usual_seconds' | 'started_at'>,
  now: number,
): Progress | null {
  if (run.started_at === null) return null;
  const elapsed = Math.max(0, (now - Date.parse(run.started_at)) / 1000);
  const fraction = run.progress?.fraction ?? null;
  const message = saidIn(run.progress);
  if (fraction !== null) return reported(fraction, message);
  const usual = run.usual_seconds ?? 0;
  return usual > 0 ? estimated(elapsed, usual) : unknown(elapsed, message);
}
