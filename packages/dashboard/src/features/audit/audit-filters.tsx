import { Button, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../lib/api.ts';
import { actionChoices, isNarrowed, unfiltered, ways, type AuditAddress, type AuditFilter } from './audit-filter.ts';

interface FieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string | null;
  readonly change: (value: string | undefined) => void;
}

/** A text that is looked for when somebody stops writing it. */
function TextField({ label, placeholder, value, change }: FieldProps) {
  const [text, setText] = useState(value ?? '');
  const [former, setFormer] = useState(value);
  // The address changed otherwise than by this field: by a link, by going back, by clearing.
  if (former !== value) {
    setFormer(value);
    if (text.trim() !== (value ?? '')) setText(value ?? '');
  }
  const later = useDebouncedCallback((next: string) => change(next.trim() === '' ? undefined : next.trim()), 400);
  return (
    <TextInput
      label={label}
      placeholder={placeholder}
      value={text}
      w={{ base: '100%', xs: 180 }}
      onChange={(event) => {
        setText(event.currentTarget.value);
        later(event.currentTarget.value);
      }}
    />
  );
}

/** An instant in UTC; the zone is part of the field's name. */
function InstantField({ label, value, change }: Omit<FieldProps, 'placeholder'>) {
  return (
    <TextInput
      type="datetime-local"
      label={label}
      value={value ?? ''}
      w={190}
      onChange={(event) => change(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
    />
  );
}

/** What the list is narrowed to; all of it lives in the address. */
export function AuditFilters({
  filter,
  change,
}: {
  readonly filter: AuditFilter;
  readonly change: (changes: AuditAddress) => void;
}) {
  const actions = useQuery({ queryKey: ['audit', 'actions'], queryFn: () => api.auditActions(), staleTime: Infinity });
  return (
    <search aria-label="Filter the audit">
      <Group align="flex-end" gap="sm" className="jtp-filters">
        <Select
          label="Action"
          placeholder="Any"
          data={[...actionChoices(actions.data?.items ?? [])]}
          value={filter.action}
          onChange={(action) => change({ action: action ?? undefined })}
          searchable
          clearable
          w={{ base: '100%', xs: 210 }}
        />
        <TextField
          label="Who"
          placeholder="Name as it stands here"
          value={filter.who}
          change={(who) => change({ who })}
        />
        <TextField
          label="Subject"
          placeholder="Name or id"
          value={filter.subject}
          change={(subject) => change({ subject })}
        />
        <Select
          label="Way"
          placeholder="Any"
          data={[...ways]}
          value={filter.via}
          onChange={(via) => change({ via: via ?? undefined })}
          clearable
          w={140}
        />
        <InstantField label="From (UTC)" value={filter.from} change={(from) => change({ from })} />
        <InstantField label="To (UTC)" value={filter.to} change={(to) => change({ to })} />
        {isNarrowed(filter) ? (
          <Button variant="subtle" onClick={() => change(unfiltered)}>
            Clear filters
          </Button>
        ) : null}
      </Group>
    </search>
  );
}
