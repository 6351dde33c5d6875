import { Alert, Button, Group, List, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useBlocker, useNavigate, useParams } from '@tanstack/react-router';
import { ProblemError, type Calendar, type CalendarChanged } from 'job-trigger-contract';
import { useRef, useState, type FormEvent } from 'react';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { sayDone } from '../components/say.ts';
import { AffectedList } from '../features/calendars/affected-list.tsx';
import { BlackoutFields } from '../features/calendars/blackout-fields.tsx';
import {
  daysOff,
  draftOf,
  inputOf,
  kindWords,
  newDraft,
  savedText,
  type CalendarDraft,
} from '../features/calendars/calendar-draft.ts';
import { CountryDialog } from '../features/calendars/country-dialog.tsx';
import { DeleteCalendar } from '../features/calendars/delete-calendar.tsx';
import { HolidayFields } from '../features/calendars/holiday-fields.tsx';
import { ImportDialog } from '../features/calendars/import-dialog.tsx';
import { withFile } from '../features/calendars/taking-over.ts';
import { marksOf } from '../features/calendars/year-marks.ts';
import { YearView } from '../features/calendars/year-view.tsx';
import { textAt, useAddress } from '../features/runs/address.ts';
import { useMay } from '../features/runs/use-may.ts';
import { api } from '../lib/api.ts';
import { serverNow } from '../lib/clock.ts';
import { fieldErrors } from '../lib/problem.ts';
import { refreshTopics } from '../lib/query.ts';

function Refusal({ error }: { readonly error: unknown }) {
  if (!(error instanceof ProblemError)) return <ErrorPanel error={error} />;
  const found = Object.entries(fieldErrors(error.problem));
  return (
    <Alert color="red" variant="outline" role="alert" title="Not saved; nothing was changed" className="jtp-alert">
      {found.length === 0 ? <Text size="sm">{error.message}</Text> : null}
      <List size="sm">
        {found.slice(0, 10).map(([path, message]) => (
          <List.Item key={path}>
            {path}: {message}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

function Users({ calendar }: { readonly calendar: Calendar }) {
  return (
    <Panel title={`Used by ${calendar.users.length} ${calendar.users.length === 1 ? 'job' : 'jobs'}`}>
      {calendar.users.length === 0 ? (
        <Text size="sm" c="dimmed">
          No schedule attaches it.
        </Text>
      ) : (
        <List size="sm">
          {calendar.users.slice(0, 50).map((user) => (
            <List.Item key={user.job_id}>
              <Link to="/jobs/$id" params={{ id: user.job_id }} className="jtp-link">
                {user.job_name}
              </Link>
              {user.schedules > 1 ? `, ${user.schedules} schedules` : ''}
            </List.Item>
          ))}
        </List>
      )}
    </Panel>
  );
}

type Dialog = 'country' | 'import';

interface EntriesProps {
  readonly draft: CalendarDraft;
  readonly year: number;
  readonly set: (changes: Partial<CalendarDraft>) => void;
  readonly open: (dialog: Dialog) => void;
}

function Entries({ draft, year, set, open }: EntriesProps) {
  const importing = (
    <Button variant="default" onClick={() => open('import')}>
      Import a file
    </Button>
  );
  if (draft.kind === 'blackout')
    return (
      <>
        <Group gap="xs">{importing}</Group>
        <BlackoutFields draft={draft} set={set} />
      </>
    );
  return (
    <>
      <Group gap="xs">
        <Button variant="default" onClick={() => open('country')}>
          Holidays of a country
        </Button>
        {importing}
      </Group>
      <HolidayFields draft={draft} year={year} set={set} />
    </>
  );
}

function Editor({ start }: { readonly start: Calendar | CalendarDraft['kind'] }) {
  const navigate = useNavigate();
  const refused = useMay('editor');
  const [stored, setStored] = useState<Calendar | null>(typeof start === 'string' ? null : start);
  const [draft, setDraft] = useState(() => (typeof start === 'string' ? newDraft(start) : draftOf(start)));
  const [year, setYear] = useState(() => new Date(serverNow()).getUTCFullYear());
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const [effect, setEffect] = useState<CalendarChanged | null>(null);
  const [clean, setClean] = useState(draft);
  const isLeaving = useRef(false);
  const set = (changes: Partial<CalendarDraft>): void => {
    setEffect(null);
    setDraft((before) => ({ ...before, ...changes }));
  };
  const save = useMutation({
    mutationFn: () => {
      const body = inputOf(draft);
      return stored === null
        ? api.createCalendar({ body })
        : api.putCalendar({ params: { id: stored.id }, body }, { headers: { 'if-match': `"${stored.version}"` } });
    },
    onSuccess: (answer) => {
      sayDone(savedText(answer));
      refreshTopics(['jobs', 'events']);
      const next = draftOf(answer);
      setClean(next);
      setDraft(next);
      setEffect(answer);
      if (stored === null) {
        isLeaving.current = true;
        void navigate({ to: '/calendars/$id', params: { id: answer.id } });
      }
      setStored(answer);
    },
  });
  const words = kindWords[draft.kind];
  const changed = draft !== clean;
  useBlocker({
    shouldBlockFn: () => changed && !isLeaving.current && !window.confirm('Leave without saving?'),
    enableBeforeUnload: () => changed && !isLeaving.current,
  });
  return (
    <Page
      title={stored?.name ?? words.newTitle}
      crumbs={
        <Link to="/calendars" className="jtp-link">
          Calendars
        </Link>
      }
      acts={
        <>
          {stored === null || refused !== null ? null : <DeleteCalendar calendar={stored} />}
          <Button
            type="submit"
            form="calendar"
            loading={save.isPending}
            disabled={refused !== null || (stored !== null && !changed)}
            title={refused ?? undefined}
          >
            {stored === null ? 'Create calendar' : 'Save'}
          </Button>
        </>
      }
    >
      {save.isError ? <Refusal error={save.error} /> : null}
      {effect === null ? null : <AffectedList effect={effect} />}
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
        <form
          id="calendar"
          noValidate
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            save.mutate();
          }}
        >
          <Panel title={words.entries}>
            <Stack>
              <TextInput
                label="Name"
                required
                value={draft.name}
                onChange={(event) => set({ name: event.currentTarget.value })}
              />
              <Textarea
                label="Description"
                autosize
                value={draft.description}
                onChange={(event) => set({ description: event.currentTarget.value })}
              />
              <Entries draft={draft} year={year} set={set} open={setDialog} />
            </Stack>
          </Panel>
        </form>
        <Stack>
          <Panel title="Year">
            <YearView year={year} marks={marksOf(draft, year)} weekend={daysOff(draft)} change={setYear} />
          </Panel>
          {stored === null ? null : <Users calendar={stored} />}
        </Stack>
      </SimpleGrid>
      {dialog === 'country' ? (
        <CountryDialog
          onClose={() => setDialog(null)}
          take={({ holidays, source, name }) =>
            set({ holidays: [...holidays], source, ...(draft.name === '' ? { name } : {}) })
          }
        />
      ) : null}
      {dialog === 'import' ? (
        <ImportDialog
          draft={draft}
          onClose={() => setDialog(null)}
          take={(answer, format) => set(withFile(draft, answer, format))}
        />
      ) : null}
    </Page>
  );
}

/** A calendar to look at and to write: a year of it beside its entries. */
export function CalendarPage() {
  const { id }: { id?: string } = useParams({ strict: false });
  const [address] = useAddress();
  const query = useQuery({
    queryKey: ['calendar', id],
    queryFn: () => api.getCalendar({ params: { id: id ?? '' } }),
    enabled: id !== undefined,
    // What is being written must not change under the hands.
    staleTime: Infinity,
    gcTime: 0,
  });
  if (id === undefined) return <Editor start={textAt(address, 'kind') === 'blackout' ? 'blackout' : 'holiday'} />;
  return (
    <Loaded query={query} rows={10}>
      {(calendar) => <Editor key={calendar.id} start={calendar} />}
    </Loaded>
  );
}
