import { Skeleton, Stack } from '@mantine/core';

/** The shape of what comes; appears after a moment, so that fast answers do not flicker. */
export function Loading({ rows = 6, height = 36 }: { readonly rows?: number; readonly height?: number }) {
  return (
    <Stack component="output" gap="xs" className="jtp-late" aria-busy="true" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} height={height} radius="sm" />
      ))}
    </Stack>
  );
}
