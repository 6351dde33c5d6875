/** Icon and colour of a state on a terminal; the word itself always stands beside it. */
import { styleText } from 'node:util';
import type { Context } from '../context.ts';

type Tone = 'waiting' | 'running' | 'success' | 'attention' | 'failed' | 'stopped';

const looks: Readonly<Record<Tone, { readonly icon: string; readonly style: Parameters<typeof styleText>[0] }>> = {
  waiting: { icon: '◷', style: 'gray' },
  running: { icon: '▶', style: 'blue' },
  success: { icon: '✓', style: 'green' },
  attention: { icon: '▲', style: 'yellow' },
  failed: { icon: '✕', style: 'red' },
  stopped: { icon: '■', style: 'magenta' },
};

/** Of a run, an attempt, a job or a worker, by the word that the wire says. */
const tones: Readonly<Record<string, Tone>> = {
  queued: 'waiting',
  active: 'waiting',
  starting: 'running',
  running: 'running',
  succeeded: 'success',
  dispatched: 'success',
  online: 'success',
  healthy: 'success',
  having_issues: 'attention',
  needs_intervention: 'attention',
  stale: 'attention',
  draining: 'attention',
  degraded: 'attention',
  failed: 'failed',
  last_run_failed: 'failed',
  timed_out: 'failed',
  lost: 'failed',
  offline: 'failed',
  unhealthy: 'failed',
  cancelled: 'stopped',
  skipped: 'stopped',
  not_started: 'stopped',
  paused: 'stopped',
  completed: 'stopped',
};

/** May this stream carry colour? `--no-color`, `NO_COLOR`, a dumb terminal and pipes say no; `FORCE_COLOR` says yes. */
export function isColoured({ flags, terminal }: Context): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = terminal.env;
  if (flags.color === false || (NO_COLOR !== undefined && NO_COLOR !== '')) return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0') return true;
  return terminal.stdout.isTTY === true && TERM !== 'dumb';
}

/** The word with its icon, for a terminal; an unknown word stays as it is. */
export function withIcon(state: string): string {
  const tone = tones[state];
  return tone === undefined ? state : `${looks[tone].icon} ${state}`;
}

/** A padded cell in the colour of the state it holds. */
export function painted(cell: string, state: string): string {
  const tone = tones[state];
  return tone === undefined ? cell : styleText(looks[tone].style, cell, { validateStream: false });
}
