import { describe, expect, test } from 'vitest';
import { ClockWatch } from './clock-watch.ts';

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;

/** Readings as [seconds that passed, milliseconds that the wall clock was set by]. */
function watch(readings: readonly (readonly [number, number])[]): readonly string[] {
  const clock = new ClockWatch();
  let [wall, boot] = [1_000_000_000_000, 50_000];
  clock.look({ wall, boot });
  return readings.map(([seconds, setBy]) => {
    wall += seconds * second + setBy;
    boot += seconds * second;
    const verdict = clock.look({ wall, boot });
    if (verdict.kind === 'doubtful') return `doubtful ${verdict.waitMs / second}`;
    return verdict.kind === 'forward' && verdict.far ? 'far forward' : verdict.kind;
  });
}

describe('the wall clock', () => {
  test.each([
    [
      'that keeps pace is steady, also after sleep',
      [
        [1, 0],
        [8 * 3600, 0],
      ],
      ['steady', 'steady'],
    ],
    [
      'that is corrected by up to five seconds is steady',
      [
        [1, 5000],
        [1, -5000],
      ],
      ['steady', 'steady'],
    ],
    [
      'that jumps ahead is believed after ten seconds',
      [
        [1, hour],
        [4, 0],
        [6, 0],
        [1, 0],
      ],
      ['doubtful 10', 'doubtful 6', 'forward', 'steady'],
    ],
    [
      'that jumps more than a day is believed after five minutes',
      [
        [1, 2 * day],
        [299, 0],
        [1, 0],
      ],
      ['doubtful 300', 'doubtful 1', 'far forward'],
    ],
    [
      'that comes back within the wait was right all along',
      [
        [1, hour],
        [5, -hour],
        [1, 0],
      ],
      ['doubtful 10', 'returned', 'steady'],
    ],
    [
      'that comes back too far went back',
      [
        [1, hour],
        [5, -2 * hour],
        [1, 0],
      ],
      ['doubtful 10', 'backward', 'steady'],
    ],
    [
      'that jumps again is waited for anew',
      [
        [1, hour],
        [5, hour],
        [9, 0],
        [1, 0],
      ],
      ['doubtful 10', 'doubtful 10', 'doubtful 1', 'forward'],
    ],
    [
      'that goes back is told so once',
      [
        [1, -hour],
        [1, 0],
      ],
      ['backward', 'steady'],
    ],
  ] as readonly (readonly [string, readonly (readonly [number, number])[], readonly string[]])[])(
    '%s',
    (_, readings, verdicts) => {
      expect(watch(readings)).toEqual(verdicts);
    },
  );
});
