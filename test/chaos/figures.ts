/** What a round, or many of them, came to in numbers: for the summary, and for the evidence in the documentation. */
import type { Verdict } from './checks.ts';
import { measure, type Measured } from './checks/bounds.ts';
import { lossesIn } from './checks/starts.ts';
import type { FaultKind, History } from './history.ts';

export interface Figures {
  readonly database: History['database'];
  readonly seed: number;
  /** Instants in the ledger, those inside gaps included. */
  readonly instants: number;
  readonly runs: number;
  readonly starts: number;
  readonly lost: number;
  readonly lostUnderFault: number;
  readonly triggers: number;
  readonly faults: Partial<Readonly<Record<FaultKind, number>>>;
  readonly bounds: readonly Measured[];
  /** From an instant to the job's first word, of runs that met no fault; ascending. */
  readonly latenessMs: readonly number[];
  /** Faults that the checks found, by the check. */
  readonly wrong: readonly { readonly check: string; readonly count: number }[];
}

export function figuresOf(history: History, verdicts: readonly Verdict[]): Figures {
  const { database, seed, ledger, runs, told, faults, triggers } = history;
  const { lost, explained } = lossesIn(history);
  const kinds = Map.groupBy(faults, ({ kind }) => kind);
  return {
    database,
    seed,
    instants: ledger.reduce((sum, entry) => sum + (entry.kind === 'gap' ? entry.count : 1), 0),
    runs: runs.length,
    starts: told.filter(({ kind }) => kind === 'start').length,
    lost,
    lostUnderFault: explained,
    triggers: triggers.length,
    faults: Object.fromEntries([...kinds].map(([kind, all]) => [kind, all.length])),
    bounds: measure(history),
    latenessMs: lateness(history),
    wrong: verdicts.flatMap(({ number, name, faults: found }) =>
      found.length === 0 ? [] : [{ check: `(${number}) ${name}`, count: found.length }],
    ),
  };
}

/** What a fault has done is over by then. */
const afterMs = 5000;

/** Of runs whose instant and start lie where nothing was struck, and whose job lets them start beside each other. */
function lateness({ jobs, runs, told, faults }: History): readonly number[] {
  const starts = new Map(
    told.flatMap((line) => (line.kind === 'start' && line.attempt === 1 ? [[line.runId, line.at]] : [])),
  );
  const exclusive = new Set(jobs.filter((job) => job.exclusive).map(({ id }) => id));
  const isCalm = (from: number, to: number): boolean =>
    !faults.some(({ at, until }) => at - 1000 <= to && until + afterMs >= from);
  return runs
    .flatMap(({ id, jobId, trigger, dueAt }) => {
      const at = starts.get(id);
      if (trigger !== 'schedule' || exclusive.has(jobId) || dueAt === null || at === undefined) return [];
      return at >= dueAt && isCalm(dueAt, at) ? [at - dueAt] : [];
    })
    .toSorted((a, b) => a - b);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const at = (sorted: readonly number[], share: number): string =>
  sorted.length === 0 ? '–' : `${sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]}`;

/** Rounds of one database as a table in Markdown. */
export function tableOf(rounds: readonly Figures[]): string {
  const lateness = rounds.flatMap(({ latenessMs }) => latenessMs).toSorted((a, b) => a - b);
  const struck = new Map<string, number>();
  for (const { faults } of rounds)
    for (const [kind, count] of Object.entries(faults)) struck.set(kind, (struck.get(kind) ?? 0) + count);
  const wrong = rounds.flatMap((round) =>
    round.wrong.map(({ check, count }) => `seed ${round.seed}: ${check}: ${count}`),
  );
  const rows: readonly (readonly [string, string])[] = [
    ['rounds', `${rounds.length}, seeds ${rounds.map(({ seed }) => seed).join(' ')}`],
    ['instants accounted for', `${sum(rounds.map(({ instants }) => instants))}`],
    ['runs; starts', `${sum(rounds.map(({ runs }) => runs))}; ${sum(rounds.map(({ starts }) => starts))}`],
    [
      'faults',
      [...struck]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([kind, count]) => `${count} × ${kind.replaceAll('_', ' ')}`)
        .join(', '),
    ],
    [
      'attempts lost',
      `${sum(rounds.map(({ lost }) => lost))}, of them under a fault ${sum(rounds.map(({ lostUnderFault }) => lostUnderFault))}`,
    ],
    [
      'start lateness away from faults, p50 / p99',
      `${at(lateness, 0.5)} / ${at(lateness, 0.99)} ms of ${lateness.length}`,
    ],
    ...boundRows(rounds),
    ['what the checks found', wrong.length === 0 ? 'nothing' : wrong.join('; ')],
  ];
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join('\n');
}

function boundRows(rounds: readonly Figures[]): [string, string][] {
  return (rounds[0]?.bounds ?? []).flatMap(({ name, boundMs }, index) => {
    const took = rounds.flatMap(({ bounds }) => bounds[index]?.tookMs ?? []).toSorted((a, b) => a - b);
    if (took.length === 0) return [];
    return [[`${name} (at most ${boundMs} ms)`, `median ${at(took, 0.5)}, most ${took.at(-1)} ms of ${took.length}`]];
  });
}
