/** One chart: a row a system, its bar drawn as SVG without text, so that it may be stretched to any width. */
import { holds } from './report.ts';
import type { Limit } from './scenario.ts';
import { quantile } from './statistics.ts';
import type { Line } from './kept.ts';

/** From here on a bar of the smallest could not be seen beside the largest. */
const logFrom = 30;

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en').replaceAll(',', '\u202f');
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** Where a value lies on an axis, from 0 to 100. */
export type Axis = (value: number) => number;

/** Linear from zero, or logarithmic where values lie far apart; ratios always have 1 on their axis. */
export function axisOf(
  values: readonly number[],
  ratio: boolean,
): { readonly at: Axis; readonly logarithmic: boolean } {
  const positive = [...values.filter((value) => value > 0), ...(ratio ? [1] : [])];
  const [least, most] = [Math.min(...positive), Math.max(...positive)];
  if (positive.length === 0) return { at: () => 0, logarithmic: false };
  if (most / least < logFrom) return { at: (value) => (value / most) * 98, logarithmic: false };
  const from = Math.log10(least) - 0.3;
  const width = Math.log10(most) - from;
  return {
    at: (value) => (value <= 0 ? 0 : Math.max(0, ((Math.log10(value) - from) / width) * 98)),
    logarithmic: true,
  };
}

function colourOf({ system = '', name, unit }: Line): string {
  if (unit === 'ratio' || `${system}${name}`.startsWith('ours')) return 'var(--ours)';
  return name.startsWith('control') ? 'var(--control)' : 'var(--peer)';
}

function judged(line: Line, limit: Limit): string {
  const bound = 'below' in limit ? `below ${limit.below}` : `at least ${limit.atLeast}`;
  const met = holds(line, limit);
  const words = limit.aim === true ? ['aim reached', 'aim not reached'] : ['holds', 'missed'];
  const tone = met ? 'good' : limit.aim === true ? 'soft' : 'bad';
  return `<span class="${tone}">${limit.of} ${bound}: ${met ? words[0] : words[1]}</span>`;
}

function rowOf(line: Line, at: Axis): string {
  const medians = line.rounds.map((round) => quantile(round, 0.5));
  const [middle, low, high] = [line.summary.p50, Math.min(...medians), Math.max(...medians)];
  const place = (value: number): string => at(value).toFixed(2);
  const one =
    line.unit === 'ratio'
      ? `<line x1="${place(1)}" x2="${place(1)}" y1="0" y2="10" stroke="var(--ink)" stroke-width="1" vector-effect="non-scaling-stroke"/>`
      : '';
  const limits = (line.limits ?? []).map((limit) => judged(line, limit));
  return `<div class="row"><div class="label">${escaped(line.system ?? line.name)}</div>
<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect x="0" y="1.5" width="${place(middle)}" height="7" fill="${colourOf(line)}"/>
<line x1="${place(low)}" x2="${place(high)}" y1="5" y2="5" stroke="var(--spread)" stroke-width="2" vector-effect="non-scaling-stroke"/>${one}</svg>
<div class="value">${figure(middle)}${line.unit === 'ratio' ? ' ×' : ` ${line.unit}`}</div>${limits.length > 0 ? `<div class="judged">${limits.join(' · ')}</div>` : ''}</div>`;
}

export function chartOf(title: string, lines: readonly Line[]): string {
  const shown = lines.filter(({ summary }) => Number.isFinite(summary.p50));
  const values = shown.flatMap(({ rounds }) => rounds.map((round) => quantile(round, 0.5)));
  const { at, logarithmic } = axisOf(values, shown[0]?.unit === 'ratio');
  const unit = shown[0]?.unit ?? '';
  const of = unit === 'ratio' || title === unit ? title : `${title} (${unit})`;
  return `<h3>${escaped(of)}${logarithmic ? ' <span class="soft">logarithmic</span>' : ''}</h3>
${shown.map((line) => rowOf(line, at)).join('\n')}`;
}
