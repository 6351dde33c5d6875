/** What the audit is narrowed to, as it stands in the address. Pure. */
import { endpoints, pathOf, type Client } from 'job-trigger-contract';
import { instantOf } from '../../lib/time.ts';
import { base } from '../../lib/base.ts';

export type AuditAddress = Readonly<Record<string, unknown>>;

type Query = NonNullable<NonNullable<Parameters<Client['listAudit']>[0]>['query']>;

export const ways = [
  { value: 'page', label: 'Page' },
  { value: 'api', label: 'REST' },
  { value: 'cli', label: 'Command line' },
  { value: 'library', label: 'Program' },
] as const;

export interface AuditFilter {
  readonly who: string | null;
  readonly via: string | null;
  readonly action: string | null;
  readonly subject: string | null;
  /** As `datetime-local` writes them, in UTC. */
  readonly from: string | null;
  readonly to: string | null;
}

function textAt(address: AuditAddress, name: string): string | null {
  const value = address[name];
  return (typeof value === 'string' || typeof value === 'number') && value !== '' ? String(value) : null;
}

export function filterOf(address: AuditAddress): AuditFilter {
  return {
    who: textAt(address, 'who'),
    via: textAt(address, 'via'),
    action: textAt(address, 'action'),
    subject: textAt(address, 'subject'),
    from: textAt(address, 'from'),
    to: textAt(address, 'to'),
  };
}

export const unfiltered: AuditAddress = {
  who: undefined,
  via: undefined,
  action: undefined,
  subject: undefined,
  from: undefined,
  to: undefined,
};

export const isNarrowed = (filter: AuditFilter): boolean => Object.values(filter).some((value) => value !== null);

function instantText(local: string | null): string | undefined {
  const at = local === null ? Number.NaN : instantOf(local, 'UTC');
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

/** A way that an address made up is left out; all else the server takes as it is. */
export function queryOf({ who, via, action, subject, from, to }: AuditFilter): Query {
  const way = ways.find(({ value }) => value === via)?.value;
  const [since, until] = [instantText(from), instantText(to)];
  return {
    ...(who === null ? {} : { who }),
    ...(way === undefined ? {} : { via: way }),
    ...(action === null ? {} : { action }),
    ...(subject === null ? {} : { subject }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

/** Where all that fits comes as a file. */
export function exportAddress(filter: AuditFilter, format: 'csv' | 'jsonl'): string {
  return base + pathOf(endpoints.listAudit.path, { query: { ...queryOf(filter), format } });
}

/** `job.changed` among `job.*`: actions by group, to choose from. */
export function actionChoices(
  actions: readonly { readonly action: string; readonly text: string }[],
): readonly { readonly value: string; readonly label: string }[] {
  const groups = Map.groupBy(actions, ({ action }) => action.split('.')[0] ?? action);
  return [...groups].flatMap(([group, of]) => [
    ...(of.length > 1 ? [{ value: `${group}.*`, label: `${group}: all` }] : []),
    ...of.map(({ action }) => ({ value: action, label: action })),
  ]);
}

/** A value of a field for people: texts as they are, lists with commas. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '—';
  if (typeof value === 'string') return value === '' ? '(empty)' : value;
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object'))
    return value.length === 0 ? '(none)' : value.join(', ');
  return JSON.stringify(value);
}
