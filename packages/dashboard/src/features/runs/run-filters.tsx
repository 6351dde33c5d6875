import { Button, Group, MultiSelect, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import type { Job } from 'job-trigger-contract';
import { useState } from 'react';
import { runLooks } from '../../lib/states.ts';
import type { Address } from './address.ts';
import {
  isExact,
  jobChoices,
  stateChoices,
  timeChange,
  triggerChoices,
  unfiltered,
  windows,
  type RunFilter,
} from './run-filter.ts';
import { triggerWords } from './run-words.ts';

interface RunFiltersProps {
  readonly filter: RunFilter;
  readonly jobs: readonly Pick<Job, 'id' | 'name'>[];
  readonly change: (changes: Address) => void;
  readonly active: boolean;
}

/** A code as the catalogue writes it. */
const codeOf = (text: string): string => text.trim().toLowerCase().replaceAll(' ', '_');

function ReasonField({
  value,
  change,
}: {
  readonly value: string | null;
  readonly change: (changes: Address) => void;
}) {
  const [text, setText] = useState(value ?? '');
  const [former, setFormer] = useState(value);
  // The address changed otherwise than by this field: by a link, by going back, by clearing.
  if (former !== value) {
    setFormer(value);
    if (codeOf(text) !== (value ?? '')) setText(value ?? '');
  }
  const later = useDebouncedCallback((next: string) => change({ reason: codeOf(next) }), 400);
  return (
    <TextInput
      label="Reason"
      placeholder="retry_delay"
      value={text}
      w={170}
      onChange={(event) => {
        setText(event.currentTarget.value);
        later(event.currentTarget.value);
      }}
    />
  );
}

/** An instant in UTC; the zone is part of the field's name. */
function InstantField({
  label,
  value,
  change,
}: {
  readonly label: string;
  readonly value: string | null;
  readonly change: (at: string | undefined) => void;
}) {
  return (
    <TextInput
      type="datetime-local"
      label={label}
      value={value === null ? '' : value.slice(0, 16)}
      w={200}
      onChange={(event) => change(event.currentTarget.value === '' ? undefined : `${event.currentTarget.value}Z`)}
    />
  );
}

/** What the list is narrowed to; all of it lives in the address. */
export function RunFilters({ filter, jobs, change, active }: RunFiltersProps) {
  const exact = isExact(filter);
  const [range, setRange] = useState(exact);
  function setTime(value: string | null): void {
    setRange(value === 'range');
    change(timeChange(value));
  }
  return (
    <search aria-label="Filter runs">
      <Group align="flex-end" gap="sm" className="jtp-filters">
        <MultiSelect
          label="State"
          placeholder={filter.states.length === 0 ? 'Any' : ''}
          data={stateChoices.map((state) => ({ value: state, label: runLooks[state].label }))}
          value={[...filter.states]}
          onChange={(states) => change({ state: states.join(',') })}
          clearable
          w={{ base: filter.states.length > 1 ? '100%' : 'calc(50% - 6px)', xs: filter.states.length > 1 ? 440 : 220 }}
        />
        <MultiSelect
          label="Trigger"
          placeholder={filter.triggers.length === 0 ? 'Any' : ''}
          data={triggerChoices.map((trigger) => ({ value: trigger, label: triggerWords[trigger] }))}
          value={[...filter.triggers]}
          onChange={(triggers) => change({ trigger: triggers.join(',') })}
          clearable
          w={{ base: 'calc(50% - 6px)', xs: 200 }}
        />
        <Select
          label="Job"
          placeholder="Any"
          data={[...jobChoices(jobs, filter.jobId)]}
          value={filter.jobId}
          onChange={(job) => change({ job: job ?? undefined, job_id: undefined })}
          searchable
          clearable
          limit={50}
          w={{ xs: 220 }}
        />
        <ReasonField value={filter.reason} change={change} />
        <Select
          label="Time"
          placeholder="Any"
          data={[...windows.map(({ value, label }) => ({ value, label })), { value: 'range', label: 'Between' }]}
          value={range || exact ? 'range' : filter.window}
          onChange={setTime}
          clearable
          w={160}
        />
        {range || exact ? (
          <>
            <InstantField label="From (UTC)" value={filter.from} change={(from) => change({ from })} />
            <InstantField label="To (UTC)" value={filter.to} change={(to) => change({ to })} />
          </>
        ) : null}
        {active ? (
          <Button
            variant="subtle"
            onClick={() => {
              setRange(false);
              change(unfiltered);
            }}
          >
            Clear filters
          </Button>
        ) : null}
      </Group>
    </search>
  );
}
