import { Button, Group, MultiSelect, SegmentedControl, Stack, Switch, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { AttentionShape } from 'job-trigger-contract';
import { useRef, useState } from 'react';
import { EmptyState } from '../components/empty-state.tsx';
import { ListState } from '../components/list-state.tsx';
import { LoadMore } from '../components/load-more.tsx';
import { Page } from '../components/page.tsx';
import { When } from '../components/when.tsx';
import { AttentionCard } from '../features/attention/attention-card.tsx';
import { classWords } from '../features/attention/attention-words.ts';
import { useAttentionCount, useAttentionList } from '../features/attention/use-attention.ts';
import { useAttentionKeys } from '../features/attention/use-attention-keys.ts';
import { AgainDialog } from '../features/runs/again-dialog.tsx';
import { textAt, useAddress, type Address } from '../features/runs/address.ts';
import { useMay } from '../features/runs/use-may.ts';
import { api } from '../lib/api.ts';

const states = ['open', 'snoozed', 'resolved'] as const;
const classes = Object.keys(classWords) as readonly (keyof typeof classWords)[];

/** Runs one again with other values. */
function Changed({ runId, close }: { readonly runId: string; readonly close: () => void }) {
  const run = useQuery({ queryKey: ['run', runId], queryFn: () => api.getRun({ params: { id: runId } }) });
  return run.data === undefined ? null : <AgainDialog run={run.data} onClose={close} />;
}

interface ListProps {
  readonly items: readonly AttentionShape[];
  readonly opened: string | undefined;
  readonly open: (id: string | undefined) => void;
}

function Items({ items, opened, open }: ListProps) {
  const list = useRef<HTMLDivElement>(null);
  const refusal = useMay('operator');
  const [changing, setChanging] = useState<string | null>(null);
  useAttentionKeys(list);
  return (
    <>
      <Stack component="ul" gap="sm" className="jtp-plain-list" aria-label="What needs attention" ref={list}>
        {items.map((item) => (
          <AttentionCard
            key={item.id}
            item={item}
            opened={opened === item.id}
            toggle={() => open(opened === item.id ? undefined : item.id)}
            refusal={refusal}
            changeParameters={setChanging}
          />
        ))}
      </Stack>
      {changing === null ? null : <Changed runId={changing} close={() => setChanging(null)} />}
    </>
  );
}

function Empty({
  state,
  at,
  filtered,
  clear,
}: {
  readonly state: (typeof states)[number];
  readonly at: string | undefined;
  readonly filtered: boolean;
  readonly clear: () => void;
}) {
  if (filtered)
    return (
      <EmptyState title="No item matches" text="A class or an owner narrows the list.">
        <Button variant="default" onClick={clear}>
          Clear filters
        </Button>
      </EmptyState>
    );
  if (state === 'snoozed') return <Text c="dimmed">Nothing is snoozed.</Text>;
  if (state === 'resolved') return <Text c="dimmed">What is over stays here for a while.</Text>;
  return (
    <Text>
      Nothing needs attention. Checked <When at={at} precision="second" />
    </Text>
  );
}

const counted = (words: string, count: number | undefined): string =>
  count === undefined || count === 0 ? words : `${words} (${count})`;

interface FiltersProps {
  readonly state: (typeof states)[number];
  readonly chosen: readonly (keyof typeof classWords)[];
  readonly isMine: boolean;
  readonly change: ReturnType<typeof useAddress>[1];
}

function Filters({ state, chosen, isMine, change }: FiltersProps) {
  const count = useAttentionCount().data;
  return (
    <Group align="flex-end">
      <SegmentedControl
        aria-label="Which items"
        data={[
          { value: 'open', label: counted('Open', count?.open) },
          { value: 'snoozed', label: counted('Snoozed', count?.snoozed) },
          { value: 'resolved', label: 'Resolved' },
        ]}
        value={state}
        onChange={(value) => change({ state: value === 'open' ? undefined : value, item: undefined })}
      />
      <MultiSelect
        label="Class"
        {...(chosen.length === 0 ? { placeholder: 'All classes' } : {})}
        clearable
        data={classes.map((value) => ({ value, label: classWords[value] }))}
        value={[...chosen]}
        onChange={(value) => change({ class: value.length === 0 ? undefined : value.join(',') })}
      />
      <Switch
        label="Only mine"
        mb={8}
        checked={isMine}
        onChange={(event) => change({ owner: event.currentTarget.checked ? 'me' : undefined })}
      />
    </Group>
  );
}

const itemsOf = (data: ReturnType<typeof useAttentionList>['data']) => data?.pages.flatMap((page) => page.items) ?? [];

/** What the address asks for. */
function filterOf(address: Address): Pick<FiltersProps, 'state' | 'chosen' | 'isMine'> {
  const given = (textAt(address, 'class') ?? '').split(',');
  return {
    state: states.find((one) => one === textAt(address, 'state')) ?? 'open',
    chosen: classes.filter((one) => given.includes(one)),
    isMine: textAt(address, 'owner') === 'me',
  };
}

/** What a person must decide, one item a cause. */
export function AttentionPage() {
  const [address, change] = useAddress();
  const { state, chosen, isMine } = filterOf(address);
  const query = useAttentionList({
    state,
    ...(chosen.length === 0 ? {} : { class: chosen.join(',') }),
    ...(isMine ? { owner: 'me' as const } : {}),
  });
  const items = itemsOf(query.data);
  return (
    <Page title="Attention">
      <Filters state={state} chosen={chosen} isMine={isMine} change={change} />
      <ListState query={query} count={items.length} rows={3}>
        <Empty
          state={state}
          at={query.data?.pages[0]?.checked_at}
          filtered={chosen.length > 0 || isMine}
          clear={() => change({ class: undefined, owner: undefined })}
        />
      </ListState>
      {items.length === 0 ? null : (
        <Items items={items} opened={textAt(address, 'item')} open={(item) => change({ item })} />
      )}
      <Group justify="center">
        <LoadMore query={query} />
      </Group>
    </Page>
  );
}
