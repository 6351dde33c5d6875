import { Button, Group, Menu, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { EmptyState } from '../components/empty-state.tsx';
import { ListState } from '../components/list-state.tsx';
import { LoadMore } from '../components/load-more.tsx';
import { Page } from '../components/page.tsx';
import {
  exportAddress,
  filterOf,
  isNarrowed,
  queryOf,
  unfiltered,
  type AuditFilter,
} from '../features/audit/audit-filter.ts';
import { AuditFilters } from '../features/audit/audit-filters.tsx';
import { AuditList } from '../features/audit/audit-list.tsx';
import { useVerify, Verdict, VerifyButton } from '../features/audit/verify-audit.tsx';
import { useAddress } from '../features/runs/address.ts';
import { api } from '../lib/api.ts';

function Export({ filter }: { readonly filter: AuditFilter }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden="true" />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={exportAddress(filter, 'csv')} download>
          CSV
        </Menu.Item>
        <Menu.Item component="a" href={exportAddress(filter, 'jsonl')} download>
          JSON lines
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function NoRows({ narrowed, clear }: { readonly narrowed: boolean; readonly clear: () => void }) {
  if (!narrowed)
    return (
      <EmptyState
        title="Nothing yet"
        text="Every change and every sign-in will stand here, with who made it, from where, and what it changed."
      />
    );
  return (
    <EmptyState title="No row matches" text="Names must be written as they stand in the rows.">
      <Button variant="default" onClick={clear}>
        Clear filters
      </Button>
    </EmptyState>
  );
}

/** Who did what, when and from where. Nothing here can be changed or deleted. */
export function AuditPage() {
  const [address, change] = useAddress();
  const filter = filterOf(address);
  const verify = useVerify();
  const query = useInfiniteQuery({
    queryKey: ['audit', 'list', filter],
    queryFn: ({ pageParam }) =>
      api.listAudit({ query: { ...queryOf(filter), ...(pageParam === null ? {} : { cursor: pageParam }) } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: (before) => before,
  });
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const acts = (
    <>
      <Export filter={filter} />
      <VerifyButton verify={verify} />
    </>
  );
  return (
    <Page title="Audit" acts={acts}>
      <Text size="sm" c="dimmed">
        Every change and every sign-in. Rows are kept for good and are chained: one that is changed, moved or gone shows
        when they are verified. Secrets are masked.
      </Text>
      <Verdict verdict={verify.data} />
      <AuditFilters filter={filter} change={change} />
      <ListState query={query} count={rows.length} rows={8}>
        <NoRows narrowed={isNarrowed(filter)} clear={() => change(unfiltered)} />
      </ListState>
      {rows.length === 0 ? null : (
        <Stack gap="sm">
          <AuditList rows={rows} />
          <Group justify="center">
            <LoadMore query={query} />
          </Group>
        </Stack>
      )}
    </Page>
  );
}
