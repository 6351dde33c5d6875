import { Autocomplete, Group, NumberInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ProblemError, type Monitor, type MonitorInput, type ScheduleInput } from 'job-trigger-contract';
import { api } from '../../lib/api.ts';
import { messageAt, type Errors } from '../../lib/field-errors.ts';
import { fieldErrors } from '../../lib/problem.ts';

const units = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;
type Unit = keyof typeof units;

/** When pings are expected, as it is being written. */
export interface ExpectsDraft {
  readonly by: 'schedule' | 'period';
  readonly words: string;
  /** The schedule in force, in words; it stays while nothing else is written. Null where there is none. */
  readonly kept: string | null;
  /** Of the schedule; empty for the installation's. */
  readonly timezone: string;
  readonly count: number;
  readonly unit: Unit;
}

export const newExpects: ExpectsDraft = {
  by: 'schedule',
  words: '0 2 * * *',
  kept: null,
  timezone: '',
  count: 1,
  unit: 'hours',
};

/** What a monitor expects, to be changed. */
export function expectsOf({
  period_seconds: period,
  expects,
}: Pick<Monitor, 'period_seconds' | 'expects'>): ExpectsDraft {
  if (period === null) return { ...newExpects, words: '', kept: expects };
  const unit = (['days', 'hours', 'minutes'] as const).find((one) => period % units[one] === 0) ?? 'seconds';
  return { ...newExpects, by: 'period', count: period / units[unit], unit };
}

/** The words of a schedule as the server understands them. */
function useWords({ words: text, timezone }: Pick<ExpectsDraft, 'words' | 'timezone'>) {
  const body = { text, ...(timezone === '' ? {} : { timezone }) };
  return useQuery({
    queryKey: ['monitor-words', body],
    queryFn: () => api.parseSchedule({ body }),
    enabled: text.trim() !== '',
    placeholderData: (before) => before,
    retry: false,
  });
}

/** What goes to the server; null while the words are not understood. */
export function useExpected(draft: ExpectsDraft): Partial<MonitorInput> | null {
  const { by, words, kept, count, unit } = draft;
  const parsed = useWords(draft);
  if (by === 'period') return { period_seconds: count * units[unit] };
  if (kept !== null && words.trim() === '') return {};
  const schedule = parsed.isError ? null : (parsed.data?.schedule ?? null);
  return schedule === null ? null : { schedule: schedule as ScheduleInput };
}

interface ExpectsFieldsProps {
  readonly draft: ExpectsDraft;
  readonly errors: Errors;
  readonly set: (changes: Partial<ExpectsDraft>) => void;
}

/** What the words mean, or what stays without any. */
function understoodOf(
  { kept, words }: ExpectsDraft,
  read: { readonly question: string | null; readonly description: string | null } | undefined,
): string {
  if (kept !== null && words.trim() === '') return `Now: ${kept}. Write another one to change it.`;
  return read?.question ?? read?.description ?? 'A crontab expression, or words such as every day at 2:00.';
}

function WordsField({ draft, errors, set }: ExpectsFieldsProps) {
  const parsed = useWords(draft);
  const zones = useQuery({ queryKey: ['timezones'], queryFn: () => api.timezones(), staleTime: Infinity });
  const understood = understoodOf(draft, parsed.isError ? undefined : parsed.data);
  const wrong = parsed.error instanceof ProblemError ? fieldErrors(parsed.error.problem) : {};
  const { timezone: wrongZone, ...others } = wrong;
  return (
    <>
      <TextInput
        label="Schedule"
        description={understood}
        value={draft.words}
        error={messageAt(errors, 'schedule') ?? Object.values(others)[0]}
        onChange={(event) => set({ words: event.currentTarget.value })}
      />
      <Autocomplete
        label="Time zone"
        description="Of the schedule; the installation’s when empty"
        data={(zones.data?.items ?? []).map((zone) => zone.name)}
        limit={50}
        disabled={draft.words.trim() === ''}
        value={draft.timezone}
        error={wrongZone}
        onChange={(timezone) => set({ timezone })}
      />
    </>
  );
}

function PeriodField({ draft, errors, set }: ExpectsFieldsProps) {
  return (
    <Group align="flex-end" gap="xs">
      <NumberInput
        label="At least every"
        min={1}
        value={draft.count}
        error={messageAt(errors, 'period_seconds')}
        onChange={(value) => set({ count: Number(value) || 1 })}
        w={130}
      />
      <Select
        aria-label="Unit"
        data={Object.keys(units)}
        value={draft.unit}
        allowDeselect={false}
        onChange={(value) => set({ unit: (value ?? 'hours') as Unit })}
        w={130}
      />
    </Group>
  );
}

/** By the instants of a schedule, or so often at least. */
export function ExpectsFields(props: ExpectsFieldsProps) {
  const { draft, set } = props;
  return (
    <>
      <SegmentedControl
        aria-label="What is expected"
        value={draft.by}
        onChange={(value) => set({ by: value === 'period' ? 'period' : 'schedule' })}
        data={[
          { value: 'schedule', label: 'By a schedule' },
          { value: 'period', label: 'At least so often' },
        ]}
      />
      {draft.by === 'schedule' ? <WordsField {...props} /> : <PeriodField {...props} />}
    </>
  );
}
