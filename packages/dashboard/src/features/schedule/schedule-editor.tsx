import {
  Autocomplete,
  Button,
  Group,
  NativeSelect,
  NumberInput,
  Paper,
  SegmentedControl,
  Stack,
  Switch,
  Text,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ClipboardEvent } from 'react';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { serverNow } from '../../lib/clock.ts';
import { clockText } from '../../lib/time.ts';
import { fieldAt, fieldId, type Errors } from '../../lib/field-errors.ts';
import { ActiveHours } from './active-hours.tsx';
import { CalendarsField } from './calendars-field.tsx';
import { KindFields } from './kind-fields.tsx';
import {
  kindWords,
  looksLikeCrontab,
  withField,
  withKind,
  withRule,
  wordsOf,
  type ScheduleDraft,
  type ScheduleKind,
} from './schedule-draft.ts';
import { parseWords, WordsField } from './words-field.tsx';

function timeThere(zone: unknown): string {
  try {
    return `It is ${clockText(serverNow(), String(zone))} there now.`;
  } catch {
    return 'Not a zone of the IANA database.';
  }
}

interface OneProps {
  readonly draft: ScheduleDraft;
  readonly place: number;
  readonly errors: Errors;
  readonly change: (draft: ScheduleDraft | null) => void;
}

/** Fields of which the form shows what is wrong with them beside them. */
const shownAt = new Set(
  'words times weekdays every anchor minute day expression rrule dtstart at timezone active_hours jitter_seconds'.split(
    ' ',
  ),
);

/** What is wrong with a schedule and has no field to stand at. */
function othersOf(errors: Errors, path: string): readonly string[] {
  return Object.entries(errors)
    .filter(([at]) => at === path || at.startsWith(`${path}.`))
    .filter(([at]) => !shownAt.has(at.slice(path.length + 1).split('.')[0] ?? ''))
    .map(([, message]) => message);
}

function One({ draft, place, errors, change }: OneProps) {
  const path = `schedules.${place}`;
  const way = wordsOf(draft) === undefined ? 'form' : 'words';
  /** A crontab line pasted anywhere here means the schedule, not the field it landed in. */
  async function paste(event: ClipboardEvent): Promise<void> {
    const text = event.clipboardData.getData('text');
    if (way === 'words' || !looksLikeCrontab(text)) return;
    // A bare expression pasted into its own field is at home there.
    if (draft.kind === 'cron' && text.trim().split(/\s+/).length < 7) return;
    event.preventDefault();
    try {
      const answer = await parseWords(text, draft);
      if (answer.schedule === null) return sayFailed(new Error(answer.question ?? 'Not understood.'));
      change(withRule(draft, answer.schedule));
      sayDone(`Understood: ${answer.description ?? ''}`);
    } catch (error) {
      sayFailed(error);
    }
  }
  const zones = useQuery({ queryKey: ['timezones'], queryFn: () => api.timezones(), staleTime: Infinity });
  const jitter = draft['jitter_seconds'];
  return (
    <Paper
      withBorder
      p="md"
      component="section"
      aria-label={`Schedule ${place + 1}`}
      id={fieldId(path)}
      tabIndex={-1}
      onPaste={(event: ClipboardEvent) => void paste(event)}
    >
      <Stack gap="sm">
        {othersOf(errors, path).map((message) => (
          <Text key={message} size="sm" className="jtp-state-failed" role="alert">
            {message}
          </Text>
        ))}
        <Group justify="space-between" gap="xs">
          <SegmentedControl
            aria-label="How to say when"
            data={[
              { value: 'form', label: 'Form' },
              { value: 'words', label: 'Words' },
            ]}
            value={way}
            onChange={(next) =>
              change(withField(draft, 'words', next === 'words' ? { text: '', understood: false } : undefined))
            }
          />
          <Group gap="sm">
            <Switch
              label="On"
              aria-label={`Schedule ${place + 1} is on`}
              checked={draft['active'] !== false}
              onChange={(event) => change(withField(draft, 'active', event.currentTarget.checked))}
            />
            <Button
              variant="default"
              size="xs"
              onClick={() => change(null)}
              aria-label={`Remove schedule ${place + 1}`}
            >
              Remove
            </Button>
          </Group>
        </Group>
        {way === 'words' ? (
          <WordsField draft={draft} path={path} errors={errors} change={change} />
        ) : (
          <>
            <NativeSelect
              label="Runs"
              data={[...kindWords]}
              value={draft.kind}
              onChange={(event) => change(withKind(draft, event.currentTarget.value as ScheduleKind))}
            />
            <KindFields draft={draft} path={path} errors={errors} change={change} />
          </>
        )}
        <Autocomplete
          label="Time zone"
          description={timeThere(draft['timezone'])}
          data={(zones.data?.items ?? []).map((zone) => zone.name)}
          limit={50}
          value={typeof draft['timezone'] === 'string' ? draft['timezone'] : ''}
          onChange={(value) => change(withField(draft, 'timezone', value))}
          {...fieldAt(errors, `${path}.timezone`)}
        />
        <ActiveHours draft={draft} path={path} errors={errors} change={change} />
        <CalendarsField draft={draft} change={change} />
        <NumberInput
          label="Spread starts over (seconds)"
          min={0}
          max={86_400}
          value={typeof jitter === 'number' ? jitter : 0}
          onChange={(value) => change(withField(draft, 'jitter_seconds', Number(value) || 0))}
          {...fieldAt(errors, `${path}.jitter_seconds`)}
        />
      </Stack>
    </Paper>
  );
}

interface ScheduleEditorProps {
  readonly drafts: readonly ScheduleDraft[];
  /** Messages of the server by path, as `schedules.0.times.1`. */
  readonly errors: Errors;
  readonly change: (drafts: readonly ScheduleDraft[]) => void;
}

/** Any number of schedules; what they would do together stands in the live preview. */
export function ScheduleEditor({ drafts, errors, change }: ScheduleEditorProps) {
  return (
    <Stack>
      {drafts.length === 0 ? (
        <Text size="sm" c="dimmed">
          Without a schedule the job runs when somebody asks for it, or after the jobs it depends on.
        </Text>
      ) : null}
      {drafts.map((draft, place) => (
        <One
          // Places are what the server names too; a saved schedule keeps its id.
          key={typeof draft['id'] === 'string' ? draft['id'] : `new ${place}`}
          draft={draft}
          place={place}
          errors={errors}
          change={(next) =>
            change(
              next === null
                ? drafts.filter((_, at) => at !== place)
                : drafts.map((one, at) => (at === place ? next : one)),
            )
          }
        />
      ))}
      <Group>
        <Button variant="default" onClick={() => change([...drafts, withKind(null, 'daily')])}>
          Add a schedule
        </Button>
      </Group>
    </Stack>
  );
}
