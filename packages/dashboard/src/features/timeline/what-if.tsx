import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import type { JobsAsked } from './filter.ts';

/** The fields hold UTC, as `datetime-local` writes it. */
const instantOf = (value: string): string => `${value.length === 16 ? `${value}:00` : value}Z`;

/** Which runs a blackout would take away, before anybody saves one. */
export function WhatIf({ asked }: { readonly asked: JobsAsked }) {
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const check = useMutation({
    mutationFn: () => api.whatIf({ body: { ...asked, from: instantOf(from), to: instantOf(to) } }),
  });
  return (
    <Stack gap="sm">
      <Text size="sm">If nothing ran in this time, which runs would vanish? Nothing is saved.</Text>
      <Group align="flex-end">
        <TextInput
          type="datetime-local"
          label="From (UTC)"
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          type="datetime-local"
          label="To (UTC)"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <Button
          variant="default"
          disabled={from === '' || to === ''}
          loading={check.isPending}
          onClick={() => check.mutate()}
        >
          Check
        </Button>
      </Group>
      {check.isError ? <ErrorPanel error={check.error} /> : null}
      {check.data === undefined ? null : (
        <Stack gap={4} aria-live="polite">
          <Text size="sm" fw={600}>
            {check.data.count === 0
              ? 'No run is affected.'
              : `${check.data.count} ${check.data.count === 1 ? 'run is' : 'runs are'} affected.`}
          </Text>
          <ul className="jtp-plain-list jtp-inline">
            {check.data.items.slice(0, 50).map(({ job_id, job_name, at }) => (
              <li key={`${job_id} ${at}`}>
                <When at={at} /> {job_name}
              </li>
            ))}
          </ul>
          {check.data.count > 50 ? <Text size="sm">and {check.data.count - 50} more</Text> : null}
        </Stack>
      )}
    </Stack>
  );
}
