import { Anchor, Button, Group, NativeSelect, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ForecastShape } from 'job-trigger-contract';
import { useState } from 'react';
import { Loaded } from '../../components/loaded.tsx';
import { api } from '../../lib/api.ts';
import { clockText, durationText, fullText } from '../../lib/time.ts';
import type { JobsAsked } from './filter.ts';

type Peak = ForecastShape['peaks'][number];

function Advice({ peak, zone }: { readonly peak: Peak; readonly zone: string }) {
  return (
    <Table aria-label="Advice" verticalSpacing={4}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Job</Table.Th>
          <Table.Th scope="col">Start at</Table.Th>
          <Table.Th scope="col">Later by</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {peak.advice.map(({ job_id, job_name, offset_minutes }) => (
          <Table.Tr key={job_id}>
            <Table.Td>
              <Anchor size="sm" renderRoot={(root) => <Link to="/jobs/$id/edit" params={{ id: job_id }} {...root} />}>
                {job_name}
              </Anchor>
            </Table.Td>
            <Table.Td>{clockText(Date.parse(peak.at) + offset_minutes * 60_000, zone)}</Table.Td>
            <Table.Td>{offset_minutes} min</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function PeakRow({ peak, slots, zone }: { readonly peak: Peak; readonly slots: number; readonly zone: string }) {
  const [open, setOpen] = useState(false);
  const wait = peak.last_wait_seconds;
  return (
    <Stack gap={4} component="li">
      <Group justify="space-between">
        <Text size="sm">
          <strong>{fullText(Date.parse(peak.at), zone)}</strong> has {peak.starts} starts for {slots}{' '}
          {slots === 1 ? 'slot' : 'slots'}
          {wait >= 1 ? `: the last waits about ${durationText(Math.round(wait))}` : ''}.
        </Text>
        <Button size="xs" variant="default" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide the advice' : 'Spread these'}
        </Button>
      </Group>
      {open ? <Advice peak={peak} zone={zone} /> : null}
    </Stack>
  );
}

/** Minutes in which more starts meet than there are slots, and how to spread them. Nothing is changed from here. */
export function Collisions({ zone, asked }: { readonly zone: string; readonly asked: JobsAsked }) {
  const [hours, setHours] = useState(24);
  const query = useQuery({
    queryKey: ['forecast', hours, asked],
    queryFn: () => api.forecast({ query: { hours, ...asked } }),
    placeholderData: (before) => before,
  });
  return (
    <Stack gap="sm">
      <NativeSelect
        w={160}
        size="xs"
        label="Ahead"
        data={[
          { value: '24', label: '24 hours' },
          { value: '168', label: '7 days' },
        ]}
        value={String(hours)}
        onChange={(event) => setHours(Number(event.currentTarget.value))}
      />
      <Loaded query={query} rows={3}>
        {({ peaks, slots, highest, highest_spread }) =>
          peaks.length === 0 ? (
            <Text size="sm">
              No minute has more starts than slots ({slots} of the workers that are online). The most in one minute:{' '}
              {highest}.
            </Text>
          ) : (
            <Stack gap="sm">
              <Text size="sm">
                The most starts in one minute: {highest}. With the advice followed: {highest_spread}. Advice only; open
                a job to change its time.
              </Text>
              <Stack component="ul" className="jtp-plain-list" gap="sm">
                {peaks.slice(0, 8).map((peak) => (
                  <PeakRow key={peak.at} peak={peak} slots={slots} zone={zone} />
                ))}
              </Stack>
            </Stack>
          )
        }
      </Loaded>
    </Stack>
  );
}
