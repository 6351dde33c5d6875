import { Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Run } from 'job-trigger-contract';
import type { ReactNode } from 'react';
import { RunBadge } from '../../components/state-badge.tsx';

/** Runs as short lines: the job, its state, and what the panel wants to say. */
export function RunRows({ runs, tell }: { readonly runs: readonly Run[]; readonly tell: (run: Run) => ReactNode }) {
  return (
    <Stack gap="xs" component="ul" className="jtp-plain-list">
      {runs.map((run) => (
        <Group key={run.id} component="li" justify="space-between" gap="xs">
          <Link to="/runs/$id" params={{ id: run.id }} className="jtp-link jtp-cell-name">
            {run.job_name}
          </Link>
          <Group gap="sm">
            <Text size="sm" component="span">
              {tell(run)}
            </Text>
            <RunBadge run={run} />
          </Group>
        </Group>
      ))}
    </Stack>
  );
}
