import {
  Autocomplete,
  Button,
  Group,
  MultiSelect,
  NativeSelect,
  Paper,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { api } from '../../lib/api.ts';
import type { CalendarDraft } from './calendar-draft.ts';
import { WeekdayChips } from './holiday-fields.tsx';

type Set_ = (changes: Partial<CalendarDraft>) => void;

function Entry({
  name,
  rename,
  remove,
  children,
}: {
  readonly name: string;
  readonly rename: (name: string) => void;
  readonly remove: () => void;
  readonly children: ReactNode;
}) {
  return (
    <Paper withBorder p="sm">
      <Stack gap="xs">
        {children}
        <Group align="flex-end" justify="space-between">
          <TextInput
            label="Name"
            placeholder="Quarter close"
            value={name}
            onChange={(event) => rename(event.currentTarget.value)}
          />
          <Button variant="default" size="xs" onClick={remove} aria-label={`Remove the window ${name}`}>
            Remove
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

/** Replaces or removes one of a list. */
function listOf<T>(list: readonly T[], put: (list: T[]) => void) {
  return {
    change: (at: number, entry: T): void => put(list.map((one, place) => (place === at ? entry : one))),
    remove: (at: number): void => put(list.filter((_, place) => place !== at)),
    add: (entry: T): void => put([...list, entry]),
  };
}

/** `datetime-local` speaks without a zone; ranges are instants, and are written in UTC. */
const localOf = (instant: string): string => instant.slice(0, 16);
const instantOf = (local: string): string => `${local}:00Z`;

function Ranges({ draft, set }: { readonly draft: CalendarDraft; readonly set: Set_ }) {
  const list = listOf(draft.ranges, (ranges) => set({ ranges, source: null }));
  return (
    <Stack gap="xs">
      {draft.ranges.map((range, at) => (
        <Entry
          key={at}
          name={range.name}
          rename={(name) => list.change(at, { ...range, name })}
          remove={() => list.remove(at)}
        >
          <Group>
            {(['from', 'to'] as const).map((end) => (
              <TextInput
                key={end}
                type="datetime-local"
                label={end === 'from' ? 'From (UTC)' : 'To (UTC)'}
                value={localOf(range[end])}
                onChange={(event) => {
                  const { value } = event.currentTarget;
                  if (value !== '') list.change(at, { ...range, [end]: instantOf(value) });
                }}
              />
            ))}
          </Group>
        </Entry>
      ))}
      <Group>
        <Button
          variant="default"
          size="xs"
          onClick={() => {
            const day = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
            list.add({ name: '', from: `${day}T09:00:00Z`, to: `${day}T10:00:00Z` });
          }}
        >
          Add a single window
        </Button>
      </Group>
    </Stack>
  );
}

function Weekly({ draft, set }: { readonly draft: CalendarDraft; readonly set: Set_ }) {
  const list = listOf(draft.weekly, (weekly) => set({ weekly, source: null }));
  return (
    <Stack gap="xs">
      {draft.weekly.map((window, at) => (
        <Entry
          key={at}
          name={window.name}
          rename={(name) => list.change(at, { ...window, name })}
          remove={() => list.remove(at)}
        >
          <WeekdayChips
            legend="Starts on"
            value={window.weekdays}
            change={(weekdays) => weekdays.length > 0 && list.change(at, { ...window, weekdays: [...weekdays] })}
          />
          <Group>
            {(['from', 'to'] as const).map((end) => (
              <TextInput
                key={end}
                type="time"
                label={end === 'from' ? 'From' : 'To'}
                value={window[end]}
                onChange={(event) => list.change(at, { ...window, [end]: event.currentTarget.value })}
              />
            ))}
          </Group>
        </Entry>
      ))}
      <Group>
        <Button
          variant="default"
          size="xs"
          onClick={() => list.add({ name: '', weekdays: [7], from: '22:00', to: '02:00' })}
        >
          Add a weekly window
        </Button>
      </Group>
    </Stack>
  );
}

function Yearly({ draft, set }: { readonly draft: CalendarDraft; readonly set: Set_ }) {
  const list = listOf(draft.yearly, (yearly) => set({ yearly, source: null }));
  return (
    <Stack gap="xs">
      {draft.yearly.map((window, at) => (
        <Entry
          key={at}
          name={window.name}
          rename={(name) => list.change(at, { ...window, name })}
          remove={() => list.remove(at)}
        >
          <Group>
            {(['from', 'to'] as const).map((end) => (
              <TextInput
                key={end}
                label={end === 'from' ? 'From' : 'To'}
                description="MM-DDTHH:MM"
                placeholder="12-24T12:00"
                value={window[end]}
                onChange={(event) => list.change(at, { ...window, [end]: event.currentTarget.value })}
              />
            ))}
          </Group>
        </Entry>
      ))}
      <Group>
        <Button
          variant="default"
          size="xs"
          onClick={() => list.add({ name: '', from: '12-24T12:00', to: '01-02T06:00' })}
        >
          Add a yearly window
        </Button>
      </Group>
    </Stack>
  );
}

const scopes = [
  { value: 'attached', label: 'Only schedules that attach it' },
  { value: 'all', label: 'All jobs' },
  { value: 'tags', label: 'Jobs with a tag' },
  { value: 'jobs', label: 'Chosen jobs' },
];

function Scope({ draft, set }: { readonly draft: CalendarDraft; readonly set: Set_ }) {
  const { scope } = draft;
  const jobs = useQuery({
    queryKey: ['jobs', 'names'],
    queryFn: () => api.listJobs({ query: { limit: 500, sort: 'name' } }),
    enabled: scope.kind === 'jobs',
  });
  const begin = {
    attached: { kind: 'attached' },
    all: { kind: 'all' },
    tags: { kind: 'tags', tags: [] },
    jobs: { kind: 'jobs', job_ids: [] },
  } as const;
  return (
    <>
      <NativeSelect
        label="Counts for"
        data={scopes}
        value={scope.kind}
        onChange={(event) => {
          const next = begin[event.currentTarget.value as keyof typeof begin];
          set({ scope: structuredClone(next) as CalendarDraft['scope'] });
        }}
      />
      {scope.kind === 'tags' ? (
        <TagsInput label="Tags" value={scope.tags} onChange={(tags) => set({ scope: { kind: 'tags', tags } })} />
      ) : null}
      {scope.kind === 'jobs' ? (
        <MultiSelect
          label="Jobs"
          searchable
          data={(jobs.data?.items ?? []).map((job) => ({ value: job.id, label: job.name }))}
          value={scope.job_ids}
          onChange={(ids) => set({ scope: { kind: 'jobs', job_ids: ids } })}
        />
      ) : null}
    </>
  );
}

/** Windows without runs, for whom they count, and what becomes of the runs due in them. */
export function BlackoutFields({ draft, set }: { readonly draft: CalendarDraft; readonly set: Set_ }) {
  const zones = useQuery({ queryKey: ['timezones'], queryFn: () => api.timezones(), staleTime: Infinity });
  return (
    <Stack>
      <NativeSelect
        label="Runs due in it"
        data={[
          { value: 'skip', label: 'are skipped' },
          { value: 'defer', label: 'run at its end' },
        ]}
        value={draft.policy}
        onChange={(event) => set({ policy: event.currentTarget.value as CalendarDraft['policy'] })}
      />
      <Scope draft={draft} set={set} />
      <Text fw={600}>Windows</Text>
      <Ranges draft={draft} set={set} />
      <Autocomplete
        label="Time zone of weekly and yearly windows"
        data={(zones.data?.items ?? []).map((zone) => zone.name)}
        limit={50}
        value={draft.timezone}
        onChange={(timezone) => set({ timezone })}
      />
      <Weekly draft={draft} set={set} />
      <Yearly draft={draft} set={set} />
    </Stack>
  );
}
