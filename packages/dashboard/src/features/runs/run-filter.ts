import type { Job, Run, RunQuery } from 'job-trigger-contract';
import { runLooks } from '../../lib/states.ts';
import { textAt, type Address } from './address.ts';
import { triggerWords } from './run-words.ts';

/** Lengths of time that the list can be narrowed to, in seconds. */
export const windows = [
  { value: '1h', label: 'Last hour', seconds: 3600 },
  { value: '24h', label: 'Last 24 hours', seconds: 86_400 },
  { value: '7d', label: 'Last 7 days', seconds: 604_800 },
  { value: '30d', label: 'Last 30 days', seconds: 2_592_000 },
] as const;

export const stateChoices: readonly Run['state'][] = [
  'queued',
  'starting',
  'running',
  'succeeded',
  'failed',
  'timed_out',
  'cancelled',
  'lost',
];
export const triggerChoices = Object.keys(triggerWords) as readonly Run['trigger'][];

/** What the list is narrowed to, as it stands in the address. */
export interface RunFilter {
  readonly states: readonly Run['state'][];
  readonly triggers: readonly Run['trigger'][];
  readonly jobId: string | null;
  readonly reason: string | null;
  readonly worker: string | null;
  readonly window: string | null;
  /** Instants in UTC, exact ones before a window. */
  readonly from: string | null;
  readonly to: string | null;
}

/** The address of a list that is narrowed to nothing. */
export const unfiltered: Address = {
  state: undefined,
  trigger: undefined,
  job: undefined,
  job_id: undefined,
  reason: undefined,
  worker: undefined,
  window: undefined,
  from: undefined,
  to: undefined,
};

/** Narrowed by instants, not by a window. */
export const isExact = ({ from, to }: RunFilter): boolean => from !== null || to !== null;

/** Exact instants and a window exclude each other. Null is any time. */
export function timeChange(choice: string | null): Address {
  if (choice === 'range') return { window: undefined };
  return { window: choice ?? undefined, from: undefined, to: undefined };
}

interface Choice {
  readonly value: string;
  readonly label: string;
}

/** Jobs to choose from; the chosen one is among them even where nobody knows its name. */
export function jobChoices(jobs: readonly Pick<Job, 'id' | 'name'>[], chosen: string | null): readonly Choice[] {
  const known = jobs.map(({ id, name }) => ({ value: id, label: name }));
  return chosen === null || known.some(({ value }) => value === chosen)
    ? known
    : [...known, { value: chosen, label: chosen }];
}

function listOf<T extends string>(text: string | undefined, known: readonly T[]): readonly T[] {
  const said = (text ?? '').split(',');
  return known.filter((one) => said.includes(one));
}
function instantOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const idOf = (text: string | undefined): string | null => (text !== undefined && uuid.test(text) ? text : null);

/** Read the address; what cannot be meant is left out, so that an old link still opens. */
export function filterOf(address: Address): RunFilter {
  const reason = textAt(address, 'reason');
  return {
    states: listOf(textAt(address, 'state'), stateChoices),
    triggers: listOf(textAt(address, 'trigger'), triggerChoices),
    jobId: idOf(textAt(address, 'job') ?? textAt(address, 'job_id')),
    reason: reason !== undefined && /^[a-z_]{1,50}$/.test(reason) ? reason : null,
    worker: idOf(textAt(address, 'worker')),
    window: windows.find((one) => one.value === textAt(address, 'window'))?.value ?? null,
    from: instantOf(textAt(address, 'from')),
    to: instantOf(textAt(address, 'to')),
  };
}

/** The question to the server. `now` in milliseconds fixes where a window begins. */
export function queryOf(filter: RunFilter, now: number): RunQuery {
  const seconds = windows.find((one) => one.value === filter.window)?.seconds;
  const from = filter.from ?? (seconds === undefined ? null : new Date(now - seconds * 1000).toISOString());
  const asked = {
    state: filter.states.join(','),
    trigger: filter.triggers.join(','),
    job_id: filter.jobId,
    reason: filter.reason,
    worker_id: filter.worker,
    from,
    to: filter.to,
  };
  const narrowing = Object.entries(asked).filter(([, value]) => value !== null && value !== '');
  return { limit: 50, ...Object.fromEntries(narrowing) };
}

function timeWords({ from, to, window }: RunFilter): string {
  const between = [from === null ? '' : `from ${from}`, to === null ? '' : `to ${to}`].join(' ').trim();
  if (between !== '') return between;
  return windows.find((one) => one.value === window)?.label.toLowerCase() ?? '';
}

/** `state Failed or Lost`; empty when there is nothing to name. */
const named = (what: string, ...names: readonly (string | null)[]): string => {
  const known = names.filter((name) => name !== null);
  return known.length === 0 ? '' : `${what} ${known.join(' or ')}`;
};

/** What the list is narrowed to, in words; empty when it shows everything. */
export function filterWords(filter: RunFilter, jobName: string | undefined): readonly string[] {
  return [
    named('state', ...filter.states.map((state) => runLooks[state].label)),
    named('trigger', ...filter.triggers.map((trigger) => triggerWords[trigger])),
    named('job', filter.jobId === null ? null : (jobName ?? filter.jobId)),
    named('reason', filter.reason),
    named('worker', filter.worker),
    timeWords(filter),
  ].filter((words) => words !== '');
}
