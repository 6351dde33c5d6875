import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { HealthChecks } from 'job-trigger-contract';
import { HealthBadge } from '../../components/state-badge.tsx';

export type HealthCheck = Pick<HealthChecks['items'][number], 'title' | 'meaning' | 'status' | 'message' | 'fix'>;

/** One thing that was looked at: what was found, what mends it, and what it is for. */
export function CheckCard({ check: { title, meaning, status, message, fix } }: { readonly check: HealthCheck }) {
  return (
    <Paper component="li" withBorder p="md" radius="md" className={status === 'healthy' ? '' : 'jtp-check-poor'}>
      <Stack gap={6}>
        <Group justify="space-between" wrap="nowrap" align="baseline">
          <Title order={2} size="h5">
            {title}
          </Title>
          <HealthBadge status={status} />
        </Group>
        <Text size="sm" className="jtp-check-text">
          {message}
        </Text>
        {fix === null ? null : (
          <Text size="sm" className="jtp-check-text">
            <strong>What to do:</strong> {fix}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          {meaning}
        </Text>
      </Stack>
    </Paper>
  );
}
