import { Box, Group, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Job } from 'job-trigger-contract';
import { useState } from 'react';
import { api } from '../../lib/api.ts';
import { instantOf } from '../../lib/time.ts';
import { Explained } from '../why/explained.tsx';

/** Asks why the job ran, did not run or will not run at an instant that somebody names. */
export function AskAt({ job, zone }: { readonly job: Job; readonly zone: string }) {
  const [local, setLocal] = useState('');
  const instant = local === '' ? Number.NaN : instantOf(local, zone);
  const at = Number.isNaN(instant) ? null : new Date(instant).toISOString();
  const why = useQuery({
    queryKey: ['job', job.id, 'why', at],
    queryFn: () => api.jobWhy({ params: { id: job.id }, query: at === null ? {} : { at } }),
    enabled: at !== null,
  });
  return (
    <Group align="flex-end" gap="md">
      <TextInput
        type="datetime-local"
        step={1}
        label={`Why at … (${zone})`}
        value={local}
        w={260}
        onChange={(event) => setLocal(event.currentTarget.value)}
      />
      <Box component="output" pb={at === null ? 0 : 6} flex={1} miw={at === null ? 0 : 220}>
        {at !== null && why.data !== undefined ? <Explained why={why.data.answer} jobId={job.id} /> : null}
      </Box>
    </Group>
  );
}
