import { Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { CalendarSummary } from 'job-trigger-contract';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { Rows } from '../components/rows.tsx';
import { When } from '../components/when.tsx';
import { useMay } from '../features/runs/use-may.ts';
import { api } from '../lib/api.ts';

const kinds = { holiday: 'Holidays', blackout: 'Blackout' } as const;

function countsFor({ scope, used_by: jobs }: CalendarSummary): string {
  const attached = `${jobs} ${jobs === 1 ? 'job' : 'jobs'}`;
  return { attached, all: 'all jobs', tags: `jobs by tag, ${attached}`, jobs: `chosen jobs, ${attached}` }[scope];
}

function sourceText({ source }: CalendarSummary): string {
  if (source === null) return 'Written here';
  if (source.kind !== 'country') return source.kind === 'ics' ? 'iCalendar file' : 'JSON file';
  const place = [source.country, source.region].filter((part) => part !== null && part !== undefined).join('-');
  return `${place}, ${source.from_year}–${source.to_year}`;
}

function NewButtons() {
  const refused = useMay('editor');
  const attributes = refused === null ? {} : { disabled: true, title: refused };
  return (
    <Group gap="xs" justify="center">
      <Button
        {...attributes}
        renderRoot={(root) => <Link to="/calendars/new" search={{ kind: 'holiday' }} {...root} />}
      >
        New holiday calendar
      </Button>
      <Button
        {...attributes}
        variant="default"
        renderRoot={(root) => <Link to="/calendars/new" search={{ kind: 'blackout' }} {...root} />}
      >
        New blackout
      </Button>
    </Group>
  );
}

/** Holidays and blackouts that many jobs share. */
export function CalendarsPage() {
  const calendars = useQuery({
    queryKey: ['calendars'],
    queryFn: () => api.listCalendars({ query: { limit: 500 } }),
  });
  const isEmpty = calendars.data?.items.length === 0;
  return (
    <Page title="Calendars" acts={isEmpty ? undefined : <NewButtons />}>
      <Panel title="Holidays and blackouts">
        <Loaded query={calendars}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState
                title="No calendar yet."
                text="Take over the holidays of a country, import an .ics file, or mark windows in which nothing may run."
              >
                <NewButtons />
              </EmptyState>
            ) : (
              <Rows
                label="Calendars"
                items={items}
                keyOf={(calendar) => calendar.id}
                columns={[
                  {
                    title: 'Name',
                    cell: (calendar) => (
                      <Link to="/calendars/$id" params={{ id: calendar.id }} className="jtp-link jtp-cell-name">
                        {calendar.name}
                      </Link>
                    ),
                  },
                  { title: 'Kind', cell: (calendar) => kinds[calendar.kind] },
                  { title: 'Entries', cell: (calendar) => calendar.entries },
                  { title: 'Used by', cell: countsFor },
                  { title: 'Entries from', cell: sourceText },
                  { title: 'Changed', cell: (calendar) => <When at={calendar.updated_at} /> },
                ]}
              />
            )
          }
        </Loaded>
      </Panel>
      <Text size="sm" c="dimmed">
        A schedule attaches calendars where its job says when it runs. A change here moves the next runs at once.
      </Text>
    </Page>
  );
}
