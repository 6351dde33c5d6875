import { Chip, Fieldset, Group, Input, NativeSelect, NumberInput, TagsInput, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { fieldAt, type Errors } from '../../lib/field-errors.ts';
import { timesProblem, withField, workingDays, type ScheduleDraft } from './schedule-draft.ts';

interface KindProps {
  readonly draft: ScheduleDraft;
  /** Where the schedule stands in the job, as `schedules.0`, and what the server says of its fields. */
  readonly path: string;
  readonly errors: Errors;
  readonly change: (draft: ScheduleDraft) => void;
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const units = ['seconds', 'minutes', 'hours', 'days', 'weeks', 'months'];

const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';
const numberOf = (value: unknown): number | '' => (typeof value === 'number' ? value : '');

function Times({ draft, path, errors, change }: KindProps) {
  const { id, error } = fieldAt(errors, `${path}.times`);
  return (
    <TagsInput
      label="Times"
      description="HH:MM; Enter adds another"
      placeholder="09:00"
      value={(draft['times'] as string[] | undefined) ?? []}
      id={id}
      error={timesProblem(draft) ?? error}
      onChange={(times) => change(withField(draft, 'times', times))}
    />
  );
}

function Text_({
  draft,
  path,
  errors,
  change,
  field,
  label,
  placeholder,
}: KindProps & { field: string; label: string; placeholder?: string }) {
  return (
    <TextInput
      label={label}
      {...(placeholder === undefined ? {} : { placeholder })}
      value={textOf(draft[field])}
      {...fieldAt(errors, `${path}.${field}`)}
      onChange={(event) =>
        change(withField(draft, field, event.currentTarget.value === '' ? undefined : event.currentTarget.value))
      }
    />
  );
}

function Weekdays({ draft, path, errors, change }: KindProps) {
  const chosen = ((draft['weekdays'] as number[] | undefined) ?? []).map(String);
  const { id, error } = fieldAt(errors, `${path}.weekdays`);
  return (
    <Fieldset legend="Weekdays" variant="unstyled" id={id} tabIndex={-1} data-wrong={error !== undefined}>
      <Chip.Group
        multiple
        value={chosen}
        onChange={(values) =>
          change(
            withField(
              draft,
              'weekdays',
              values.map(Number).sort((a, b) => a - b),
            ),
          )
        }
      >
        <Group gap={6}>
          {weekdays.map((name, at) => (
            <Chip key={name} value={String(at + 1)} size="sm">
              {name}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {error === undefined ? null : (
        <Input.Error size="sm" mt={4}>
          {error}
        </Input.Error>
      )}
    </Fieldset>
  );
}

/** Day N, the last day, the nth weekday, or the nth working day. */
function MonthDay({ draft, path, errors, change }: KindProps) {
  const { nth, weekday, day, business_day: workday, short_months: _short, ...rest } = draft;
  const mode = workday !== undefined ? 'workday' : nth !== undefined ? 'weekday' : day === 'last' ? 'last' : 'day';
  const modes = [
    { value: 'day', label: 'On day' },
    { value: 'last', label: 'On the last day' },
    { value: 'weekday', label: 'On the nth weekday' },
    { value: 'workday', label: 'On the nth working day' },
  ];
  const begin: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    day: { day: 1 },
    last: { day: 'last' },
    weekday: { nth: 1, weekday: 1 },
    workday: { business_day: -1 },
  };
  return (
    <Group align="flex-end">
      <NativeSelect
        label="Day"
        data={modes}
        value={mode}
        onChange={(event) => change({ ...rest, ...begin[event.currentTarget.value] })}
      />
      {mode === 'day' ? (
        <NumberInput
          label="Day of the month"
          min={1}
          max={31}
          w={130}
          value={numberOf(day)}
          {...fieldAt(errors, `${path}.day`)}
          onChange={(value) => change(withField(draft, 'day', Number(value)))}
        />
      ) : null}
      {mode === 'workday' ? (
        <NativeSelect
          label="Which"
          description="By its calendars; Monday to Friday without"
          data={workingDays}
          value={textOf(workday)}
          onChange={(event) => change(withField(draft, 'business_day', Number(event.currentTarget.value)))}
        />
      ) : null}
      {mode === 'weekday' ? (
        <>
          <NativeSelect
            label="Which"
            data={[
              ...['1st', '2nd', '3rd', '4th', '5th'].map((label, at) => ({ value: String(at + 1), label })),
              { value: '-1', label: 'Last' },
            ]}
            value={textOf(nth)}
            onChange={(event) => change(withField(draft, 'nth', Number(event.currentTarget.value)))}
          />
          <NativeSelect
            label="Weekday"
            data={weekdays.map((label, at) => ({ value: String(at + 1), label }))}
            value={textOf(weekday)}
            onChange={(event) => change(withField(draft, 'weekday', Number(event.currentTarget.value)))}
          />
        </>
      ) : null}
    </Group>
  );
}

function Interval(props: KindProps) {
  const { draft, path, errors, change } = props;
  return (
    <Group align="flex-end">
      <NumberInput
        label="Every"
        min={1}
        w={110}
        value={numberOf(draft['every'])}
        {...fieldAt(errors, `${path}.every`)}
        onChange={(value) => change(withField(draft, 'every', Number(value)))}
      />
      <NativeSelect
        label="Unit"
        data={units}
        value={textOf(draft['unit'])}
        onChange={(event) => change(withField(draft, 'unit', event.currentTarget.value))}
      />
      <Text_ {...props} field="anchor" label="Counted from (HH:MM, optional)" placeholder="06:00" />
    </Group>
  );
}

/** The fields that the kind of a schedule asks for. */
export function KindFields(props: KindProps): ReactNode {
  const { draft, path, errors, change } = props;
  switch (draft.kind) {
    case 'interval':
      return <Interval {...props} />;
    case 'hourly':
      return (
        <NumberInput
          label="Minute"
          min={0}
          max={59}
          w={110}
          value={numberOf(draft['minute'])}
          {...fieldAt(errors, `${path}.minute`)}
          onChange={(value) => change(withField(draft, 'minute', Number(value)))}
        />
      );
    case 'daily':
      return <Times {...props} />;
    case 'weekly':
      return (
        <>
          <Weekdays {...props} />
          <Times {...props} />
        </>
      );
    case 'monthly':
      return (
        <>
          <MonthDay {...props} />
          <Times {...props} />
        </>
      );
    case 'yearly':
      return (
        <>
          <NativeSelect
            label="Month"
            data={months.map((label, at) => ({ value: String(at + 1), label }))}
            value={textOf(draft['month'])}
            onChange={(event) => change(withField(draft, 'month', Number(event.currentTarget.value)))}
          />
          <MonthDay {...props} />
          <Times {...props} />
        </>
      );
    case 'once':
      return (
        <TextInput
          type="datetime-local"
          step={1}
          label="Local date and time"
          value={textOf(draft['at'])}
          {...fieldAt(errors, `${path}.at`)}
          onChange={(event) => {
            const { value } = event.currentTarget;
            change(withField(draft, 'at', value.length === 16 ? `${value}:00` : value));
          }}
        />
      );
    case 'cron':
      return <Text_ {...props} field="expression" label="Cron expression" placeholder="30 9 * * 1-5" />;
    case 'rrule':
      return (
        <>
          <Text_ {...props} field="rrule" label="Rule (RFC 5545)" placeholder="FREQ=WEEKLY;BYDAY=MO" />
          <Text_ {...props} field="dtstart" label="Starts (local)" placeholder="2026-01-05T09:00:00" />
        </>
      );
    case 'manual':
      return null;
  }
}
