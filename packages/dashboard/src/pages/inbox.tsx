import { Button, Group, MultiSelect, SegmentedControl, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { AlertPage, AlertShape } from 'job-trigger-contract';
import { EmptyState } from '../components/empty-state.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { LoadMore } from '../components/load-more.tsx';
import { Loading } from '../components/loading.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { When } from '../components/when.tsx';
import { AlertCard } from '../features/alerts/alert-card.tsx';
import { kindChoices, kindWords } from '../features/alerts/alert-words.ts';
import { useAcknowledge, useAlertCount } from '../features/alerts/use-alerts.ts';
import { textAt, useAddress } from '../features/runs/address.ts';
import { useMay } from '../features/runs/use-may.ts';
import { api } from '../lib/api.ts';

const views = [
  { value: 'all', label: 'Open and over' },
  { value: 'open', label: 'Open' },
  { value: 'resolved', label: 'Over' },
];

function useAlerts(state: 'open' | 'resolved', kinds: readonly string[]) {
  return useInfiniteQuery({
    queryKey: ['alerts', 'list', state, kinds],
    queryFn: ({ pageParam }) =>
      api.listAlerts({
        query: {
          state,
          limit: 25,
          ...(kinds.length === 0 ? {} : { kind: kinds.join(',') }),
          ...(pageParam === null ? {} : { cursor: pageParam }),
        },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page: AlertPage) => page.next_cursor,
    placeholderData: (before) => before,
    refetchInterval: 30_000,
  });
}

interface ListProps {
  readonly query: ReturnType<typeof useAlerts>;
  readonly label: string;
  readonly empty: (checkedAt: string | undefined) => React.ReactNode;
}

function AlertList({ query, label, empty }: ListProps) {
  const { one } = useAcknowledge();
  const refusal = useMay('operator');
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.isPending) return <Loading rows={3} />;
  return (
    <>
      {query.isError ? <ErrorPanel error={query.error} retry={() => void query.refetch()} /> : null}
      {query.isSuccess && items.length === 0 ? empty(query.data.pages[0]?.checked_at) : null}
      {items.length === 0 ? null : (
        <Stack gap="sm">
          <Stack component="ul" gap="sm" className="jtp-plain-list" aria-label={label}>
            {items.map((alert) => (
              <AlertCard key={alert.id} alert={alert} acknowledge={one} refusal={refusal} />
            ))}
          </Stack>
          <Group justify="center">
            <LoadMore query={query} />
          </Group>
        </Stack>
      )}
    </>
  );
}

interface PartProps {
  readonly kinds: readonly AlertShape['kind'][];
  readonly clear: () => void;
}

const wordsOf = (kinds: PartProps['kinds']): string => kinds.map((kind) => kindWords[kind]).join(', ');

function NoMatch({ title, kinds, clear }: PartProps & { readonly title: string }) {
  return (
    <EmptyState title={title} text={`Shown are only: ${wordsOf(kinds)}.`}>
      <Button variant="default" onClick={clear}>
        Clear filters
      </Button>
    </EmptyState>
  );
}

function Open({ kinds, clear }: PartProps) {
  const query = useAlerts('open', kinds);
  return (
    <Panel title="Open">
      <AlertList
        query={query}
        label="Open alerts"
        empty={(checkedAt) =>
          kinds.length === 0 ? (
            <Text>
              No alert stands. Checked <When at={checkedAt} precision="second" />
            </Text>
          ) : (
            <NoMatch title="No open alert matches" kinds={kinds} clear={clear} />
          )
        }
      />
    </Panel>
  );
}

function Over({ kinds, clear }: PartProps) {
  const query = useAlerts('resolved', kinds);
  return (
    <Panel title="Over">
      <AlertList
        query={query}
        label="Alerts that are over"
        empty={() =>
          kinds.length === 0 ? (
            <Text c="dimmed">What was late, missed or stuck stays here for a while after it is over.</Text>
          ) : (
            <NoMatch title="None of these is over" kinds={kinds} clear={clear} />
          )
        }
      />
    </Panel>
  );
}

function AcknowledgeAll() {
  const { all } = useAcknowledge();
  const refusal = useMay('operator');
  const unread = useAlertCount().data?.unread ?? 0;
  return (
    <Button
      variant="default"
      disabled={unread === 0 || refusal !== null}
      title={refusal ?? undefined}
      loading={all.isPending}
      onClick={() => all.mutate()}
    >
      Acknowledge all
    </Button>
  );
}

/** What did not run and what needs somebody: what stands first, below it what is over. */
export function InboxPage() {
  const [address, change] = useAddress();
  const view = views.find(({ value }) => value === textAt(address, 'view'))?.value ?? 'all';
  const given = textAt(address, 'kind')?.split(',') ?? [];
  const kinds = kindChoices.filter((kind) => given.includes(kind));
  const clear = (): void => change({ kind: undefined });
  return (
    <Page title="Inbox" acts={<AcknowledgeAll />}>
      <Group align="flex-end">
        <SegmentedControl
          aria-label="Which alerts"
          data={views}
          value={view}
          onChange={(value) => change({ view: value === 'all' ? undefined : value })}
        />
        <MultiSelect
          label="Kind"
          {...(kinds.length === 0 ? { placeholder: 'All kinds' } : {})}
          clearable
          data={kindChoices.map((kind) => ({ value: kind, label: kindWords[kind] }))}
          value={kinds}
          onChange={(value) => change({ kind: value.length === 0 ? undefined : value.join(',') })}
        />
      </Group>
      {view === 'resolved' ? null : <Open kinds={kinds} clear={clear} />}
      {view === 'open' ? null : <Over kinds={kinds} clear={clear} />}
    </Page>
  );
}
