import { Alert, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { CopyButton } from './copy-text.tsx';

interface ShownOnceProps {
  /** What it is called: `secret`, `key`, `link`. */
  readonly what: string;
  readonly value: string;
  /** What it is good for, and how long. */
  readonly children: ReactNode;
}

/** Something that nobody can look at again, while it can be copied. */
export function ShownOnce({ what, value, children }: ShownOnceProps) {
  return (
    <Alert variant="outline" title={`The ${what} is shown only now`}>
      <Stack gap="xs">
        <Group gap="sm" align="center">
          <Text size="sm" className="jtp-break" ff="monospace">
            {value}
          </Text>
          <CopyButton text={value} label={`Copy the ${what}`} />
        </Group>
        {children}
      </Stack>
    </Alert>
  );
}
