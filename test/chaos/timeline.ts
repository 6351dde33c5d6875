/** A round as one page that needs nothing else: what was due, what ran, what was struck, what is wrong. */
import type { Verdict } from './checks.ts';
import { lossesIn } from './checks/starts.ts';
import type { History, JobFacts, RunRow } from './history.ts';
import { instantsOf } from './oracle.ts';

const perSecond = 24;
const left = 150;
const rowHeight = 22;

const colours: Readonly<Record<string, string>> = {
  succeeded: '#2f9e44',
  failed: '#e03131',
  lost: '#e8590c',
  cancelled: '#868e96',
  not_started: '#f59f00',
};

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const clock = (at: number): string => new Date(at).toISOString().slice(11, 23);

export function drawTimeline(history: History, verdicts: readonly Verdict[]): string {
  const { jobs, runs, faults } = history;
  const from = Math.min(...jobs.map((job) => job.from)) - 1000;
  const until = Math.max(...jobs.map((job) => job.until), ...runs.map((run) => run.endedAt ?? 0)) + 1000;
  const x = (at: number): number => left + ((at - from) / 1000) * perSecond;
  const height = (jobs.length + 2) * rowHeight;
  const width = x(until) + 20;
  const grid = Array.from({ length: Math.ceil((until - from) / 5000) }, (_, index) => from + index * 5000);
  const body = [
    ...grid.map(
      (at) =>
        `<line class="grid" x1="${x(at)}" x2="${x(at)}" y1="0" y2="${height}"/><text class="tick" x="${x(at) + 2}" y="11">${clock(at).slice(0, 8)}</text>`,
    ),
    ...faults.map(
      ({ kind, target, at, until: end }) =>
        `<rect class="fault" x="${x(at)}" y="14" width="${Math.max(2, x(end) - x(at))}" height="${height}"><title>${escape(`${kind.replaceAll('_', ' ')}: ${target}, ${clock(at)} to ${clock(end)}`)}</title></rect>`,
    ),
    ...jobs.flatMap((job, index) => drawJob(job, { history, x, y: (index + 1) * rowHeight, until })),
  ];
  const { lost, explained } = lossesIn(history);
  const summary = `${history.database}, seed ${history.seed}: ${runs.length} runs, ${history.told.filter(({ kind }) => kind === 'start').length} starts, ${faults.length} faults, ${lost} attempts lost (${explained} under a fault)`;
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Chaos, ${escape(history.database)}, seed ${history.seed}</title>
<style>
:root{color-scheme:light dark;font:14px/1.5 system-ui,sans-serif}body{margin:24px}
table{border-collapse:collapse;margin:16px 0}td{padding:2px 12px 2px 0;vertical-align:top}
.bad{color:#e03131;font-weight:600}.good{color:#2f9e44}ul{margin:0;padding-left:18px}
.scroll{overflow-x:auto;border:1px solid #8884;border-radius:6px}svg{display:block;font:11px system-ui,sans-serif}
text{fill:currentColor}.tick{opacity:.6}.grid{stroke:#8883}.fault{fill:#e8590c;fill-opacity:.12;stroke:#e8590c;stroke-opacity:.5}.fault:hover{fill-opacity:.3}
.due{stroke:currentColor;stroke-width:1.5}.skipped{stroke:currentColor;opacity:.35}.gap{stroke:#1971c2;stroke-width:2}
.key span{display:inline-block;width:12px;height:12px;margin:0 4px 0 14px;border-radius:2px;vertical-align:-1px}
</style>
<h1>${escape(summary)}</h1>
<table>${verdicts
    .map(
      ({ number, name, faults: wrong }) =>
        `<tr><td>${number}</td><td>${escape(name)}</td><td class="${wrong.length === 0 ? 'good' : 'bad'}">${wrong.length === 0 ? 'holds' : `${wrong.length} wrong`}</td><td><ul>${wrong
          .slice(0, 20)
          .map((each) => `<li>${escape(each)}</li>`)
          .join('')}</ul></td></tr>`,
    )
    .join('')}</table>
<p class="key">Runs:${Object.entries(colours)
    .map(([state, colour]) => `<span style="background:${colour}"></span>${state.replaceAll('_', ' ')}`)
    .join(
      '',
    )} · a line is an instant with a run, a faint one was skipped, a blue one lies in a gap · orange bands are faults</p>
<details><summary>${faults.length} faults</summary><ol>${faults
    .map(
      ({ kind, target, at, until: end }) =>
        `<li>${clock(at)} to ${clock(end)}: ${escape(`${kind.replaceAll('_', ' ')}, ${target}`)}</li>`,
    )
    .join('')}</ol></details>
<div class="scroll"><svg width="${width}" height="${height}" role="img" aria-label="Instants, runs and faults over time">${body.join('\n')}</svg></div>
</html>
`;
}

interface Drawing {
  readonly history: History;
  readonly x: (at: number) => number;
  readonly y: number;
  readonly until: number;
}

function drawJob(job: JobFacts, { history, x, y, until }: Drawing): string[] {
  const own = history.runs.filter(({ jobId }) => jobId === job.id);
  const facts = [job.onLost, ...(job.exclusive ? ['exclusive'] : [])].join(', ');
  return [
    `<text x="4" y="${y + 15}">${escape(job.name)} <tspan opacity=".6">${facts}</tspan></text>`,
    ...job.schedules.flatMap(({ id, rule }) => {
      const rows = history.ledger.filter(({ scheduleId }) => scheduleId === id);
      return instantsOf(rule, job.from, job.until).map((at) => {
        const row = rows.find((each) => each.kind === 'row' && each.dueAt === at);
        const kind = row === undefined ? 'gap' : row.kind === 'row' && row.runId !== null ? 'due' : 'skipped';
        const text = `${clock(at)} ${row?.reason ?? (kind === 'gap' ? 'in a gap, or nowhere' : 'dispatched')}`;
        return `<line class="${kind}" x1="${x(at)}" x2="${x(at)}" y1="${y + 2}" y2="${y + 8}"><title>${escape(text)}</title></line>`;
      });
    }),
    ...own.flatMap((run) => drawRun(run, { x, y, until })),
  ];
}

function drawRun(run: RunRow, { x, y, until }: Pick<Drawing, 'x' | 'y' | 'until'>): string[] {
  return run.attempts.map(({ attempt, outcome, reason, startedAt, endedAt, exitCode }) => {
    const from = startedAt ?? endedAt;
    const text = `run ${run.id}, attempt ${attempt}: ${outcome} ${reason ?? ''} ${exitCode ?? ''}, ${clock(from)} to ${clock(endedAt)}`;
    return `<rect x="${x(from)}" y="${y + 9}" width="${Math.max(2, x(Math.min(endedAt, until)) - x(from))}" height="10" rx="2" fill="${colours[outcome] ?? '#868e96'}" opacity=".75"><title>${escape(text)}</title></rect>`;
  });
}
