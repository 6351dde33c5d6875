import {
  ActionIcon,
  Button,
  Chip,
  Fieldset,
  Group,
  ScrollArea,
  Stack,
  Switch,
  Table,
  Text,
  TextInput,
} from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import type { Holiday } from 'job-trigger-contract';
import { useState } from 'react';
import { withHolidays, type CalendarDraft } from './calendar-draft.ts';

const weekdayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

export function WeekdayChips({
  legend,
  value,
  change,
}: {
  readonly legend: string;
  readonly value: readonly number[];
  readonly change: (weekdays: readonly number[]) => void;
}) {
  return (
    <Fieldset legend={legend} variant="unstyled">
      <Chip.Group
        multiple
        value={value.map(String)}
        onChange={(chosen) => change(chosen.map(Number).sort((a, b) => a - b))}
      >
        <Group gap={6}>
          {weekdayNames.map((name, at) => (
            <Chip key={name} value={String(at + 1)} size="sm">
              {name}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </Fieldset>
  );
}

function AddHoliday({ add }: { readonly add: (holiday: Holiday) => void }) {
  const [date, setDate] = useState('');
  const [name, setName] = useState('');
  const [from, setFrom] = useState('');
  const [isYearly, setYearly] = useState(false);
  const isReady = date !== '' && name.trim() !== '';
  return (
    <Group align="flex-end">
      <TextInput type="date" label="Date" value={date} onChange={(event) => setDate(event.currentTarget.value)} />
      <TextInput
        label="Name"
        placeholder="Founding day"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        type="time"
        label="Closed from (half day)"
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <Switch
        label="Every year"
        checked={isYearly}
        onChange={(event) => setYearly(event.currentTarget.checked)}
        mb={8}
      />
      <Button
        variant="default"
        disabled={!isReady}
        onClick={() => {
          add({ date: isYearly ? date.slice(5) : date, name: name.trim(), closed_from: from === '' ? null : from });
          setDate('');
          setName('');
          setFrom('');
        }}
      >
        Add day
      </Button>
    </Group>
  );
}

interface FieldsProps {
  readonly draft: CalendarDraft;
  /** The year whose days the table shows. */
  readonly year: number;
  readonly set: (changes: Partial<CalendarDraft>) => void;
}

/** Days on which nothing is done, those of one year as a table; and what counts as a working day. */
export function HolidayFields({ draft, year, set }: FieldsProps) {
  const own = (date: string): boolean => date.length === 5 || date.startsWith(String(year));
  const shown = draft.holidays.filter(({ date }) => own(date));
  const put = (holidays: readonly Holiday[]): void => set({ holidays, source: null });
  return (
    <Stack>
      <WeekdayChips
        legend="Working days"
        value={draft.workingWeekdays}
        change={(workingWeekdays) => workingWeekdays.length > 0 && set({ workingWeekdays })}
      />
      <Switch
        label="Treat the other weekdays like holidays"
        description="Without it, jobs run on them; only moved runs and counted working days keep off them."
        checked={draft.closeDaysOff}
        onChange={(event) => set({ closeDaysOff: event.currentTarget.checked })}
      />
      <AddHoliday add={(holiday) => put(withHolidays(draft.holidays, [holiday]))} />
      <Text size="sm" c="dimmed">
        {draft.holidays.length} {draft.holidays.length === 1 ? 'entry' : 'entries'}, {shown.length} of them in {year}
      </Text>
      {shown.length === 0 ? null : (
        <ScrollArea.Autosize
          mah={420}
          viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': `Holidays of ${year}` }}
        >
          <Table verticalSpacing={4} aria-label={`Holidays of ${year}`}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">Date</Table.Th>
                <Table.Th scope="col">Name</Table.Th>
                <Table.Th scope="col">Closed</Table.Th>
                <Table.Th scope="col">
                  <span className="jtp-unseen">Remove</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map((holiday) => (
                <Table.Tr key={`${holiday.date} ${holiday.closed_from ?? ''} ${holiday.name}`}>
                  <Table.Td className="jtp-figures jtp-date">
                    {holiday.date.length === 5 ? `${holiday.date}, every year` : holiday.date}
                  </Table.Td>
                  <Table.Td className="jtp-cell-name">{holiday.name}</Table.Td>
                  <Table.Td>{holiday.closed_from ? `from ${holiday.closed_from}` : 'all day'}</Table.Td>
                  <Table.Td>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      aria-label={`Remove ${holiday.name}, ${holiday.date}`}
                      onClick={() => put(draft.holidays.filter((one) => one !== holiday))}
                    >
                      <IconTrash size={16} aria-hidden="true" />
                    </ActionIcon>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>
      )}
    </Stack>
  );
}
