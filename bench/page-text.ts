/** The page of charts: HTML and SVG alone, light and dark, readable on a telephone. Pure. */
import type { Line, Result } from './kept.ts';
import { chartOf, escaped, figure } from './page-chart.ts';

const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --page: #ffffff; --line: #d5dae0; --ours: #0b63c5;
  --peer: #9aa5b1; --control: #c98a10; --spread: #1b1f24; --bad: #b42318; --good: #1a7f37; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --page: #0f1419; --line: #2f3742;
  --ours: #58a6ff; --peer: #6e7a87; --control: #e3b341; --spread: #e6edf3; --bad: #ff7b72; --good: #56d364; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; } h2 { font-size: 1.25rem; margin: 2.5rem 0 .25rem; border-top: 1px solid var(--line);
  padding-top: 1.5rem; } h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { margin: .25rem 0 .75rem; } .soft { color: var(--soft); font-size: .875rem; }
.warning { border-left: 4px solid var(--bad); padding: .25rem .75rem; }
.row { display: grid; grid-template-columns: minmax(0, 16rem) minmax(0, 1fr) 7rem; gap: 0 .75rem; align-items: center; margin: .3rem 0; }
.row svg { width: 100%; height: 1.25rem; display: block; } .row .label { overflow-wrap: anywhere; font-size: .9rem; }
.row .value { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; font-size: .9rem; }
.row .judged { grid-column: 2 / -1; font-size: .8rem; } .judged .soft { font-size: inherit; } .good { color: var(--good); } .bad { color: var(--bad); }
.key { display: flex; flex-wrap: wrap; gap: .25rem 1rem; font-size: .875rem; } .key i { display: inline-block; width: .8rem; height: .8rem;
  margin-right: .35rem; vertical-align: -1px; }
@media (max-width: 40rem) { .row { grid-template-columns: minmax(0, 1fr) auto; } .row svg { grid-column: 1 / -1; grid-row: 2; height: 1rem; }
  .row .judged { grid-column: 1 / -1; } }
details { margin: 1rem 0; } summary { cursor: pointer; } .wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .2rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
ul { padding-left: 1.25rem; margin: .5rem 0; }`;

/** By quantity, in the order of the first line of each. */
function groups(measures: readonly Line[]): ReadonlyMap<string, readonly Line[]> {
  return Map.groupBy(measures, ({ quantity, unit }) => `${quantity ?? unit}\u0000${unit}`);
}

function tableOf(measures: readonly Line[]): string {
  const cell = ({ name, unit, summary }: Line): string =>
    `<tr><td>${escaped(name)} (${unit})</td>${[summary.p50, summary.p90, summary.p99, summary.min, summary.max]
      .map((value) => `<td>${figure(value)}</td>`)
      .join('')}<td>${summary.count}</td></tr>`;
  const head = ['', 'p50', 'p90', 'p99', 'min', 'max', 'samples'].map((text) => `<th>${text}</th>`).join('');
  return `<details><summary>All figures</summary><div class="wide" tabindex="0" role="region" aria-label="All figures"><table>
<thead><tr>${head}</tr></thead><tbody>${measures.map(cell).join('\n')}</tbody></table></div></details>`;
}

function sectionOf({ scenario, about, at, machine, notes, measures }: Result): string {
  const { cpu, cores, memoryGb, node, sqlite, commit, load } = machine;
  const warnings = notes.filter((text) => /^(UNSTEADY|WRONG)/.test(text));
  const rest = notes.filter((text) => !warnings.includes(text));
  const charts = [...groups(measures)].map(([key, lines]) => chartOf(key.split('\u0000')[0] ?? '', lines)).join('\n');
  return `<section aria-labelledby="${scenario}"><h2 id="${scenario}">${scenario}</h2><p>${escaped(about)}</p>
${warnings.map((text) => `<p class="warning">${escaped(text)}</p>`).join('\n')}
${charts}
${tableOf(measures)}
<ul class="soft">${rest.map((text) => `<li>${escaped(text)}</li>`).join('')}
<li>${escaped(`${cores} × ${cpu}, ${memoryGb} GB; Node ${node}, SQLite ${sqlite}; commit ${commit}; load ${load} at the start; ${at.slice(0, 10)}`)}</li></ul></section>`;
}

const key = `<p class="key"><span><i style="background:var(--ours)"></i>ours</span><span><i style="background:var(--peer)"></i>peers</span>
<span><i style="background:var(--control)"></i>control: what the machine allows without any engine</span></p>`;

export function pageOf(results: readonly Result[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Performance in charts</title><style>${style}</style></head><body><main>
<h1>Performance in charts</h1>
<p>Each bar is the median over rounds in which all systems took turns on the same machine; the thin line goes from the lowest round
to the highest. Ratios were taken inside a round; the upright line is 1. Ours always writes run, attempt and event.</p>
${key}
${results.map(sectionOf).join('\n')}
</main></body></html>
`;
}
