import { Badge, Button, Group, Select, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Job, JobQuery, JobsBulkRequest } from 'job-trigger-contract';
import { DemoBadge } from '../components/demo-badge.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ListState } from '../components/list-state.tsx';
import { LoadMore } from '../components/load-more.tsx';
import { Page } from '../components/page.tsx';
import { Rows, type RowColumn } from '../components/rows.tsx';
import { JobStatusBadge, RunBadge } from '../components/state-badge.tsx';
import { When } from '../components/when.tsx';
import { useSelection } from '../components/use-selection.ts';
import { NewJobButton } from '../features/jobs/new-job-button.tsx';
import { BulkBar } from '../features/bulk/bulk-bar.tsx';
import type { SendBulk } from '../features/bulk/use-bulk.ts';
import { ActiveSwitch } from '../features/jobs/active-switch.tsx';
import { JobMenu } from '../features/jobs/job-menu.tsx';
import { NextRun } from '../features/jobs/next-run.tsx';
import { RunButton } from '../features/jobs/run-button.tsx';
import { useJobTypes } from '../features/jobs/use-job-types.ts';
import { FirstJob } from '../features/overview/first-job.tsx';
import { textAt, useAddress, type Address } from '../features/runs/address.ts';
import { api } from '../lib/api.ts';
import { useGoOn } from '../lib/go-on.ts';
import { jobLooks } from '../lib/states.ts';

const sorts = [
  { value: '-created_at', label: 'Newest first' },
  { value: 'name', label: 'Name' },
  { value: 'next_due_at', label: 'Next run' },
  { value: '-updated_at', label: 'Changed last' },
];
const statuses = Object.entries(jobLooks).map(([value, { label }]) => ({ value, label }));
const parts = ['search', 'status', 'type', 'tag'] as const;

function queryOf(address: Address): Partial<JobQuery> {
  const entries = [...parts, 'sort' as const].flatMap((name) => {
    const value = textAt(address, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(entries), ...(address['deleted'] === true ? { deleted: 'true' as const } : {}) };
}

const columns: readonly RowColumn<Job>[] = [
  {
    title: 'Name',
    cell: (job) => (
      <div className="jtp-job-name">
        <Link to="/jobs/$id" params={{ id: job.id }} className="jtp-link jtp-cell-name">
          {job.name}
        </Link>
        <Group gap={4}>
          <DemoBadge shown={job.demo} />
          {job.tags.map((tag) => (
            <Badge key={tag} size="xs" variant="default" tt="none">
              {tag}
            </Badge>
          ))}
        </Group>
      </div>
    ),
  },
  {
    title: 'Status',
    cell: (job) => (
      <Group gap="xs" wrap="nowrap">
        <ActiveSwitch job={job} />
        <JobStatusBadge status={job.status} />
      </Group>
    ),
  },
  {
    title: 'Schedule',
    cell: (job) =>
      job.schedules.length === 0
        ? job.depends_on === null
          ? 'Manual'
          : 'Dependency'
        : job.schedules.map((schedule) => (
            <Text size="sm" key={schedule.id} className="jtp-schedule-words">
              {schedule.description}
            </Text>
          )),
  },
  { title: 'Next', cell: (job) => <NextRun job={job} /> },
  {
    title: 'Last run',
    cell: (job) =>
      job.last_run === null ? (
        'Never'
      ) : (
        <Link to="/runs/$id" params={{ id: job.last_run.id }} className="jtp-link">
          <RunBadge run={job.last_run} />
          <VisuallyHidden> was the last run of {job.name}</VisuallyHidden>
        </Link>
      ),
  },
  {
    title: 'Actions',
    cell: (job) => (
      <Group gap="xs" wrap="nowrap">
        {job.deleted_at === null ? <RunButton job={job} size="xs" /> : <When at={job.deleted_at} />}
        <JobMenu job={job} />
      </Group>
    ),
  },
];

function Filters({ address, change }: { readonly address: Address; readonly change: (changes: Address) => void }) {
  const types = useJobTypes().data?.items.map(({ id, label }) => ({ value: id, label })) ?? [];
  const search = useDebouncedCallback((text: string) => change({ search: text }), 250);
  const select = (
    name: string,
    label: string,
    data: readonly (string | { value: string; label: string })[],
    none = 'All',
  ) => (
    <Select
      label={label}
      placeholder={none}
      clearable
      w={{ base: 'calc(50% - 6px)', xs: 170 }}
      data={[...data]}
      value={textAt(address, name) ?? null}
      onChange={(value) => change({ [name]: value ?? undefined })}
    />
  );
  return (
    <Group align="flex-end" gap="sm" className="jtp-filters">
      <TextInput
        type="search"
        label="Search"
        placeholder="Part of the name"
        w={{ base: '100%', xs: 220 }}
        defaultValue={textAt(address, 'search') ?? ''}
        onChange={(event) => search(event.currentTarget.value)}
      />
      {select('status', 'Status', statuses)}
      {select('type', 'Type', types)}
      {select('sort', 'Order', sorts, 'Newest first')}
      <Button
        variant={address['deleted'] === true ? 'filled' : 'default'}
        aria-pressed={address['deleted'] === true}
        onClick={() => change({ deleted: address['deleted'] === true ? undefined : true })}
      >
        Deleted
      </Button>
    </Group>
  );
}

function NoJobs({ address, change }: { readonly address: Address; readonly change: (changes: Address) => void }) {
  const narrowed = parts.some((name) => textAt(address, name) !== undefined) || address['deleted'] === true;
  if (narrowed)
    return (
      <EmptyState title="No job matches" text="Every job is hidden by the filters above.">
        <Button
          variant="default"
          onClick={() =>
            change({ search: undefined, status: undefined, type: undefined, tag: undefined, deleted: undefined })
          }
        >
          Clear the filters
        </Button>
      </EmptyState>
    );
  return (
    <>
      <EmptyState title="No jobs yet." text="A job says what to do; its schedules say when." />
      <FirstJob />
    </>
  );
}

const itemsOf = (data: ReturnType<typeof useJobs>['data']) => data?.pages.flatMap((page) => page.items) ?? [];

function useJobs(filter: ReturnType<typeof queryOf>) {
  return useInfiniteQuery({
    queryKey: ['jobs', 'list', filter],
    queryFn: ({ pageParam }) =>
      api.listJobs({ query: { ...filter, ...(pageParam === null ? {} : { cursor: pageParam }) } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: (before) => before,
  });
}

/** An act on the chosen jobs, or on all that the filter matches. */
function sendOf({ sort: _sort, deleted, ...rest }: ReturnType<typeof queryOf>): SendBulk {
  const matching = { ...rest, ...(deleted === undefined ? {} : { deleted: true }) };
  return (act, wanted, dryRun) =>
    api.bulkJobs({
      body: {
        act: act as JobsBulkRequest['act'],
        ...('ids' in wanted ? wanted : { filter: matching }),
        dry_run: dryRun,
      },
    });
}

/** Jobs, narrowed and ordered by what stands in the address. */
export function JobsPage() {
  const [address, change] = useAddress();
  const filter = queryOf(address);
  const query = useJobs(filter);
  const items = itemsOf(query.data);
  const looks = useGoOn(query, items.length);
  const selection = useSelection(items.map((job) => job.id));
  return (
    <Page title="Jobs" acts={<NewJobButton />}>
      <Filters address={address} change={change} />
      <ListState query={query} count={items.length} looks={looks} rows={8}>
        <NoJobs address={address} change={change} />
      </ListState>
      {items.length === 0 ? null : (
        <Rows
          label="Jobs"
          items={items}
          keyOf={(job) => job.id}
          nameOf={(job) => job.name}
          columns={columns}
          selection={selection}
        />
      )}
      <BulkBar
        selection={selection}
        noun="job"
        acts={filter.deleted === undefined ? ['run', 'pause', 'resume', 'delete'] : ['restore']}
        hasMore={query.hasNextPage}
        send={sendOf(filter)}
      />
      <LoadMore query={query} />
    </Page>
  );
}
