import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  readonly title: string;
  readonly text?: string | undefined;
  readonly children?: ReactNode;
}

/** What will be here, and the one act that brings it. */
export function EmptyState({ title, text, children }: EmptyStateProps) {
  return (
    <Stack align="center" gap="xs" py="xl" ta="center">
      <Text fw={600}>{title}</Text>
      {text === undefined ? null : <Text c="dimmed">{text}</Text>}
      {children}
    </Stack>
  );
}
