import {
  Autocomplete,
  Button,
  Group,
  NativeSelect,
  NumberInput,
  Paper,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Switch,
  Text,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ClipboardEvent } from 'react';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { serverNow } from '../../lib/clock.ts';
import { clockText } from '../../lib/time.ts';
import { ActiveHours } from './active-hours.tsx';
import { CalendarsField } from './calendars-field.tsx';
import { KindFields } from './kind-fields.tsx';
import {
  kindWords,
  looksLikeCrontab,
  withField,
  withKind,
  withRule,
  type ScheduleDraft,
  type ScheduleKind,
} from './schedule-draft.ts';
import { SchedulePreview } from './schedule-preview.tsx';
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
  readonly errors: readonly string[];
  readonly jobId: string | undefined;
  readonly change: (draft: ScheduleDraft | null) => void;
}

function One({ draft, place, errors, jobId, change }: OneProps) {
  const [way, setWay] = useState<'form' | 'words'>('form');
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
      onPaste={(event: ClipboardEvent) => void paste(event)}
    >
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
        <Stack gap="sm">
          {errors.map((message) => (
            <Text key={message} size="sm" className="jtp-state-failed" role="alert">
              {message}
            </Text>
          ))}
          <Group justify="space-between" align="flex-end">
            <SegmentedControl
              aria-label="How to say when"
              data={[
                { value: 'form', label: 'Form' },
                { value: 'words', label: 'Words' },
              ]}
              value={way}
              onChange={setWay}
            />
            <Switch
              label="On"
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
          {way === 'words' ? (
            <WordsField draft={draft} change={change} />
          ) : (
            <>
              <NativeSelect
                label="Runs"
                data={[...kindWords]}
                value={draft.kind}
                onChange={(event) => change(withKind(draft, event.currentTarget.value as ScheduleKind))}
              />
              <KindFields draft={draft} change={change} />
            </>
          )}
          <Autocomplete
            label="Time zone"
            description={timeThere(draft['timezone'])}
            data={(zones.data?.items ?? []).map((zone) => zone.name)}
            limit={50}
            value={typeof draft['timezone'] === 'string' ? draft['timezone'] : ''}
            onChange={(value) => change(withField(draft, 'timezone', value))}
          />
          <ActiveHours draft={draft} change={change} />
          <CalendarsField draft={draft} change={change} />
          <NumberInput
            label="Spread starts over (seconds)"
            min={0}
            max={86_400}
            value={typeof jitter === 'number' ? jitter : 0}
            onChange={(value) => change(withField(draft, 'jitter_seconds', Number(value) || 0))}
          />
        </Stack>
        <SchedulePreview schedule={draft} jobId={jobId} />
      </SimpleGrid>
    </Paper>
  );
}

interface ScheduleEditorProps {
  readonly drafts: readonly ScheduleDraft[];
  /** Messages of the server by path, as `schedules.0.times.1`. */
  readonly errors: Readonly<Record<string, string>>;
  readonly jobId: string | undefined;
  readonly change: (drafts: readonly ScheduleDraft[]) => void;
}

/** Any number of schedules, each with what it would do beside it. */
export function ScheduleEditor({ drafts, errors, jobId, change }: ScheduleEditorProps) {
  const errorsOf = (place: number): string[] =>
    Object.entries(errors)
      .filter(([path]) => path === `schedules.${place}` || path.startsWith(`schedules.${place}.`))
      .map(([, message]) => message);
  return (
    <Stack>
      {drafts.length === 0 ? (
        <Text size="sm" c="dimmed">
          Without a schedule the job runs only when somebody asks for it.
        </Text>
      ) : null}
      {drafts.map((draft, place) => (
        <One
          // Places are what the server names too; a saved schedule keeps its id.
          key={typeof draft['id'] === 'string' ? draft['id'] : `new ${place}`}
          draft={draft}
          place={place}
          errors={errorsOf(place)}
          jobId={jobId}
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
