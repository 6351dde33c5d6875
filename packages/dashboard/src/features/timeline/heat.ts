import type { HeatShape } from 'job-trigger-contract';

export interface HeatCell {
  readonly count: number;
  /** How dark it is, in per cent. */
  readonly share: number;
  readonly failed: boolean;
  readonly words: string;
}

type Found = HeatShape['cells'][number];

const nothing: Omit<Found, 'weekday' | 'hour'> = { runs: 0, failed: 0, skipped: 0, due: 0 };
const darkest = 45;

/** Hours of a weekday, 1 Monday: the fullest cell of all is the darkest. `name` is the weekday's. */
export function heatRow(cells: readonly Found[], weekday: number, name: string): readonly HeatCell[] {
  const most = Math.max(1, ...cells.map(({ runs, due }) => runs + due));
  return Array.from({ length: 24 }, (_, hour) => {
    const { runs, failed, skipped, due } =
      cells.find((cell) => cell.weekday === weekday && cell.hour === hour) ?? nothing;
    const count = runs + due;
    return {
      count,
      share: Math.round((count / most) * darkest),
      failed: failed > 0,
      words: `${name} ${hour}:00: ${runs} ran, ${failed} failed, ${skipped} skipped, ${due} due`,
    };
  });
}
