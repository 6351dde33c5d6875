import { ActionIcon, Group, Text } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import './calendars.css';
import { daysOfMonth, type Marks } from './year-marks.ts';

const months = Array.from({ length: 12 }, (_, at) =>
  new Intl.DateTimeFormat(undefined, { month: 'long', timeZone: 'UTC' }).format(Date.UTC(2027, at, 1)),
);
const weekdayLetters = ['M', 'T', 'W', 'T', 'F', 'S', 'S'];

function Month({
  year,
  month,
  marks,
  weekend,
}: {
  readonly year: number;
  readonly month: number;
  readonly marks: Marks;
  readonly weekend: readonly number[];
}) {
  const days = daysOfMonth(year, month);
  const before = (days[0]?.weekday ?? 1) - 1;
  return (
    <section className="jtp-month" aria-label={`${months[month - 1]} ${year}`}>
      <Text size="sm" fw={600}>
        {months[month - 1]}
      </Text>
      <div className="jtp-month-days">
        {weekdayLetters.map((letter, at) => (
          <span key={at} className="jtp-month-letter" aria-hidden="true">
            {letter}
          </span>
        ))}
        {Array.from({ length: before }, (_, at) => (
          <span key={`gap ${at}`} />
        ))}
        {days.map(({ date, day, weekday }) => {
          const mark = marks.get(date);
          const classes = [
            'jtp-year-day',
            weekend.includes(weekday) ? 'jtp-year-day-off' : '',
            mark === undefined ? '' : `jtp-year-day-${mark.size}`,
          ];
          const words = mark === undefined ? undefined : mark.names.join(', ');
          return (
            <span key={date} className={classes.filter(Boolean).join(' ')} title={words}>
              {day}
              {mark === undefined ? null : <span className="jtp-unseen">: {words}</span>}
            </span>
          );
        })}
      </div>
    </section>
  );
}

interface YearViewProps {
  readonly year: number;
  readonly marks: Marks;
  /** Weekdays that are no working days. */
  readonly weekend: readonly number[];
  readonly change: (year: number) => void;
}

/** Twelve small months; closed days are filled, those closed for a part of the day half. */
export function YearView({ year, marks, weekend, change }: YearViewProps) {
  const whole = [...marks.values()].filter(({ size }) => size === 'whole').length;
  const part = marks.size - whole;
  return (
    <div>
      <Group justify="space-between" mb="xs">
        <Group gap="xs">
          <ActionIcon variant="default" aria-label="Year before" onClick={() => change(year - 1)}>
            <IconChevronLeft size={16} aria-hidden="true" />
          </ActionIcon>
          <Text fw={650} className="jtp-figures" aria-live="polite">
            {year}
          </Text>
          <ActionIcon variant="default" aria-label="Year after" onClick={() => change(year + 1)}>
            <IconChevronRight size={16} aria-hidden="true" />
          </ActionIcon>
        </Group>
        <Group gap="md">
          <Text size="sm" className="jtp-legend">
            <span className="jtp-year-day jtp-year-day-whole" aria-hidden="true" /> closed: {whole}{' '}
            {whole === 1 ? 'day' : 'days'}
          </Text>
          <Text size="sm" className="jtp-legend">
            <span className="jtp-year-day jtp-year-day-part" aria-hidden="true" /> in part: {part}
          </Text>
        </Group>
      </Group>
      <div className="jtp-year">
        {months.map((name, at) => (
          <Month key={name} year={year} month={at + 1} marks={marks} weekend={weekend} />
        ))}
      </div>
    </div>
  );
}
