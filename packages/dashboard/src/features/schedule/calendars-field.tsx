import { Anchor, Group, MultiSelect, NativeSelect, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../lib/api.ts';
import { withField, type ScheduleDraft } from './schedule-draft.ts';

/** Kinds that name a date: only a date can move to another day, and only a fixed time can be skipped by clocks. */
const dated = new Set(['daily', 'weekly', 'monthly', 'yearly', 'once', 'cron', 'rrule']);

const holidayPolicies = [
  { value: 'skip', label: 'do not run' },
  { value: 'previous', label: 'run on the working day before' },
  { value: 'next', label: 'run on the next working day' },
];
const blackoutPolicies = [
  { value: '', label: 'as the calendar says' },
  { value: 'skip', label: 'do not run' },
  { value: 'defer', label: 'run when it ends' },
];
const gapPolicies = [
  { value: 'run', label: 'run right after' },
  { value: 'skip', label: 'do not run' },
];

/** Calendars that count for a schedule, and what becomes of the runs that they close. */
export function CalendarsField({
  draft,
  change,
}: {
  readonly draft: ScheduleDraft;
  readonly change: (draft: ScheduleDraft) => void;
}) {
  const calendars = useQuery({
    queryKey: ['calendars'],
    queryFn: () => api.listCalendars({ query: { limit: 500 } }),
  });
  const items = calendars.data?.items ?? [];
  const chosen = (draft['calendars'] as readonly string[] | undefined) ?? [];
  const has = (kind: string): boolean => items.some((one) => chosen.includes(one.id) && one.kind === kind);
  const text = (field: string, none: string): string => {
    const value = draft[field];
    return typeof value === 'string' ? value : none;
  };
  const put = (field: string, value: string, none: string): void =>
    change(withField(draft, field, value === none ? undefined : value));
  return (
    <>
      {items.length === 0 ? (
        <Text size="sm" c="dimmed">
          Holidays and blackouts:{' '}
          <Anchor component={Link} to="/calendars" size="sm" underline="always">
            make a calendar
          </Anchor>{' '}
          to attach it here.
        </Text>
      ) : (
        <MultiSelect
          label="Calendars"
          description="Holidays and blackouts that count for this schedule"
          placeholder={chosen.length === 0 ? 'None' : ''}
          searchable
          data={items.map((one) => ({
            value: one.id,
            label: one.kind === 'blackout' ? `${one.name} (blackout)` : one.name,
          }))}
          value={[...chosen]}
          onChange={(ids) => change(withField(draft, 'calendars', ids.length === 0 ? undefined : ids))}
        />
      )}
      <Group align="flex-end">
        {has('holiday') && dated.has(draft.kind) ? (
          <NativeSelect
            label="On a holiday"
            data={holidayPolicies}
            value={text('holiday_policy', 'skip')}
            onChange={(event) => put('holiday_policy', event.currentTarget.value, 'skip')}
          />
        ) : null}
        {has('blackout') ? (
          <NativeSelect
            label="In a blackout"
            data={blackoutPolicies}
            value={text('blackout_policy', '')}
            onChange={(event) => put('blackout_policy', event.currentTarget.value, '')}
          />
        ) : null}
        {dated.has(draft.kind) && draft.kind !== 'rrule' ? (
          <NativeSelect
            label="When clocks skip its time"
            data={gapPolicies}
            value={text('dst_gap', 'run')}
            onChange={(event) => put('dst_gap', event.currentTarget.value, 'run')}
          />
        ) : null}
      </Group>
    </>
  );
}
