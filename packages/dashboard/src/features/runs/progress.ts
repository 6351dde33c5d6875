import type { RunDetail } from 'job-trigger-contract';
import { durationText } from '../../lib/time.ts';

export type Progress =
  | { readonly kind: 'reported'; readonly percent: number; readonly text: string }
  | { readonly kind: 'estimated'; readonly percent: number; readonly over: boolean; readonly text: string }
  | { readonly kind: 'unknown'; readonly text: string };

/** How far a running run is: told by itself, guessed from earlier runs, or not known. The three must not look alike. */
export function progressOf(
  run: Pick<RunDetail, 'progress' | 'usual_seconds' | 'started_at'>,
  now: number,
): Progress | null {
  if (run.started_at === null) return null;
  const elapsed = Math.max(0, (now - Date.parse(run.started_at)) / 1000);
  const told = run.progress;
  if (told !== null && told.fraction !== null) {
    const percent = Math.round(Math.min(1, Math.max(0, told.fraction)) * 100);
    return {
      kind: 'reported',
      percent,
      text: told.message === null ? `${percent} %` : `${percent} %, ${told.message}`,
    };
  }
  const message = told?.message ?? null;
  const usual = run.usual_seconds;
  if (usual === null || usual <= 0) {
    const running = `Running for ${durationText(Math.floor(elapsed))}`;
    return { kind: 'unknown', text: message === null ? running : `${running}, ${message}` };
  }
  const over = elapsed > usual * 1.5;
  const text = `${over ? 'Longer than usual' : 'Estimated'}: usually ${durationText(usual)}, median of earlier runs; now ${durationText(Math.floor(elapsed))}`;
  return { kind: 'estimated', percent: Math.min(95, Math.round((elapsed / usual) * 100)), over, text };
}
