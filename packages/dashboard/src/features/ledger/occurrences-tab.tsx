import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Job, LedgerEntry, LedgerQuery } from 'job-trigger-contract';
import { useState } from 'react';
import { EmptyState } from '../../components/empty-state.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { LoadMore } from '../../components/load-more.tsx';
import { Rows } from '../../components/rows.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { When } from '../../components/when.tsx';
import { Told } from '../../components/told.tsx';
import { api } from '../../lib/api.ts';
import { serverNow } from '../../lib/clock.ts';
import { browserZone, instantOf, localText } from '../../lib/time.ts';
import { useAddress } from '../runs/address.ts';
import { useMay } from '../runs/use-may.ts';
import { Explained } from '../why/explained.tsx';
import { AskAt } from './ask-at.tsx';
import { BackfillDialog, type BackfillSpan } from './backfill-dialog.tsx';
import {
  canBackfill,
  isNarrowed,
  ledgerFilterOf,
  ledgerQueryOf,
  noLedgerFilter,
  readingOf,
  reasonChoices,
  type LedgerFilter,
} from './ledger-filter.ts';

const number = new Intl.NumberFormat('en');

function Instants({ entry, zone }: { readonly entry: LedgerEntry; readonly zone: string | undefined }) {
  if (entry.kind === 'occurrence') return <When at={entry.due_at} zone={zone} planned precision="second" />;
  return (
    <span>
      <When at={entry.from} zone={zone} planned /> to <When at={entry.to} zone={zone} planned />
      <Text size="sm" c="dimmed">
        {number.format(entry.count ?? 0)} {entry.count === 1 ? 'instant' : 'instants'}
      </Text>
    </span>
  );
}

interface FiltersProps {
  readonly filter: LedgerFilter;
  readonly zone: string;
  readonly change: (changes: Readonly<Record<string, unknown>>) => void;
}

/** What a field shows of a part of the address: always the wall clock of the list's zone. */
function fieldText(given: string | null, zone: string): string {
  if (given?.endsWith('Z') !== true) return given ?? '';
  const at = readingOf(given, () => Number.NaN);
  return Number.isNaN(at) ? '' : localText(at, zone);
}

function Filters({ filter, zone, change }: FiltersProps) {
  return (
    <search aria-label="Filter due instants">
      <Group align="flex-end" gap="sm" className="jtp-filters">
        <Select
          label="What became of it"
          placeholder="Anything"
          data={[
            { value: 'dispatched', label: 'A run was made' },
            { value: 'skipped', label: 'No run' },
          ]}
          value={filter.state}
          onChange={(state) => change({ state: state ?? undefined })}
          clearable
          w={180}
        />
        <Select
          label="Reason"
          placeholder="Any"
          data={[...reasonChoices]}
          value={filter.reason}
          onChange={(reason) => change({ reason: reason ?? undefined })}
          clearable
          w={210}
        />
        <TextInput
          type="datetime-local"
          label={`From (${zone})`}
          step={1}
          value={fieldText(filter.from, zone)}
          onChange={(event) => change({ from: event.currentTarget.value })}
        />
        <TextInput
          type="datetime-local"
          label={`To (${zone})`}
          step={1}
          value={fieldText(filter.to, zone)}
          onChange={(event) => change({ to: event.currentTarget.value })}
        />
        {isNarrowed(filter) ? (
          <Button variant="subtle" onClick={() => change(noLedgerFilter)}>
            Clear
          </Button>
        ) : null}
      </Group>
    </search>
  );
}

/** The last day, where no entry says what to make good. */
function lastDay(job: Job, zone: string): BackfillSpan {
  const now = Math.floor(serverNow() / 1000) * 1000;
  const created = Date.parse(job.created_at);
  const from = Math.max(now - 86_400_000, Number.isNaN(created) ? 0 : created);
  return { from: new Date(from).toISOString(), to: new Date(now).toISOString(), scheduleId: null, zone };
}

/** What the list is narrowed to, as far as it is; else the last day. */
function askedSpan(job: Job, zone: string, { from, to }: Partial<LedgerQuery>): BackfillSpan {
  const day = lastDay(job, zone);
  if (from === undefined) return day;
  return { ...day, from, to: to ?? day.to };
}

function spanOf(entry: LedgerEntry, zone: string): BackfillSpan {
  const from = entry.from ?? entry.due_at ?? '';
  return { from, to: entry.to ?? entry.due_at ?? from, scheduleId: entry.schedule_id, zone };
}

interface ListProps {
  readonly job: Job;
  readonly items: readonly LedgerEntry[];
  readonly zoneOf: (entry: LedgerEntry) => string | undefined;
  /** Null where nothing can be made good. */
  readonly backfill: ((entry: LedgerEntry) => void) | null;
}

function Outcome({ job, entry }: { readonly job: Job; readonly entry: LedgerEntry }) {
  if (entry.run_id === null || entry.run_id === undefined) return <Explained why={entry.why} jobId={job.id} brief />;
  return (
    <Link to="/runs/$id" params={{ id: entry.run_id }} className="jtp-link">
      <Told text={entry.why.sentence.replace(/^It ran: its run /, 'Its run ')} />
    </Link>
  );
}

function MakeGood({
  entry,
  backfill,
}: {
  readonly entry: LedgerEntry;
  readonly backfill: (entry: LedgerEntry) => void;
}) {
  const refusal = useMay('operator');
  return (
    <Button
      size="compact-sm"
      variant="default"
      disabled={refusal !== null}
      title={refusal ?? undefined}
      aria-label={`Backfill ${entry.kind === 'gap' ? `${entry.count ?? 0} instants` : 'this instant'}`}
      onClick={() => backfill(entry)}
    >
      Backfill…
    </Button>
  );
}

function List({ job, items, zoneOf, backfill }: ListProps) {
  return (
    <Rows
      label="Due instants"
      items={items}
      keyOf={(entry) => `${entry.schedule_id} ${entry.due_at ?? entry.from}`}
      columns={[
        { title: 'Due', cell: (entry) => <Instants entry={entry} zone={zoneOf(entry)} /> },
        { title: 'What became of it', cell: (entry) => <StateBadge state={entry.state} /> },
        { title: 'Run or reason', cell: (entry) => <Outcome job={job} entry={entry} /> },
        { title: 'Decided', cell: (entry) => <When at={entry.decided_at} precision="second" /> },
        {
          title: 'Act',
          cell: (entry) =>
            backfill !== null && canBackfill(entry) ? <MakeGood entry={entry} backfill={backfill} /> : null,
        },
      ]}
    />
  );
}

function Nothing({ narrowed }: { readonly narrowed: boolean }) {
  if (narrowed) return <EmptyState title="No due instant matches." text="Clear the filters to see them all." />;
  return (
    <EmptyState
      title="No instant has come yet."
      text="Each due instant appears here with its run, or the reason there is none."
    />
  );
}

function useLedger(job: Job, asked: Partial<LedgerQuery>) {
  return useInfiniteQuery({
    queryKey: ['job', job.id, 'occurrences', asked],
    queryFn: ({ pageParam }) =>
      api.jobOccurrences({
        params: { id: job.id },
        query: { ...asked, ...(pageParam === null ? {} : { cursor: pageParam }) },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** Where the ledger ends because retention took what was older. */
function KeptFrom({ at, zone }: { readonly at: string | null; readonly zone: string }) {
  if (at === null) return null;
  return (
    <Text size="sm" c="dimmed">
      Kept from <When at={at} zone={zone} /> on; retention removed what was older.
    </Text>
  );
}

/** The ledger of a job: every due instant with its run, or the reason there is none, and what makes it good. */
export function OccurrencesTab({ job }: { readonly job: Job }) {
  const [address, change] = useAddress();
  const [span, setSpan] = useState<BackfillSpan | null>(null);
  const refusal = useMay('operator');
  const zones = new Map(job.schedules.map(({ id, timezone }) => [id, timezone]));
  const zone = job.schedules[0]?.timezone ?? browserZone();
  const zoneOf = (entry: LedgerEntry): string | undefined => zones.get(entry.schedule_id ?? '');
  const filter = ledgerFilterOf(address);
  const asked = ledgerQueryOf(filter, (local) => instantOf(local, zone));
  const query = useLedger(job, asked);
  const mayBackfill = job.deleted_at === null && job.schedules.length > 0;
  const backfill = mayBackfill ? (entry: LedgerEntry) => setSpan(spanOf(entry, zoneOf(entry) ?? zone)) : null;
  return (
    <Stack>
      <AskAt job={job} zone={zone} />
      <Group align="flex-end" justify="space-between">
        <Filters filter={filter} zone={zone} change={change} />
        {mayBackfill ? (
          <Button
            variant="default"
            disabled={refusal !== null}
            title={refusal ?? undefined}
            onClick={() => setSpan(askedSpan(job, zone, asked))}
          >
            Backfill…
          </Button>
        ) : null}
      </Group>
      <Loaded query={query} rows={6}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0) return <Nothing narrowed={isNarrowed(filter)} />;
          return (
            <>
              <List job={job} items={items} zoneOf={zoneOf} backfill={backfill} />
              {query.hasNextPage ? null : <KeptFrom at={pages[0]?.complete_from ?? null} zone={zone} />}
            </>
          );
        }}
      </Loaded>
      <LoadMore query={query} />
      {span === null ? null : <BackfillDialog job={job} span={span} close={() => setSpan(null)} />}
    </Stack>
  );
}
