/** Checks 9 and 10: what is left at the end. */
import type { History } from '../history.ts';

/** (9) No process of a run, nothing waiting or live, and no process of ours that ended unasked. */
export function nothingLeft({ remains: { orphans, open, crashes } }: History): string[] {
  return [
    ...orphans.map((process) => `left behind: ${process}`),
    ...(open > 0 ? [`${open} runs are still open`] : []),
    ...crashes,
  ];
}

/** (10) What the database says of itself. */
export function intact({ remains: { integrity } }: History): string[] {
  return integrity === 'ok' ? [] : [integrity];
}
