import { Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** A page of whoever is not signed in: it stands alone, and says whose it is. */
export function Alone({ children }: { readonly children: ReactNode }) {
  return (
    <main className="jtp-alone">
      <Text fw={650} c="dimmed" mb="xs">
        Job Trigger Portal
      </Text>
      {children}
    </main>
  );
}
