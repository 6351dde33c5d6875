import { Button } from '@mantine/core';
import { IconDatabaseExport } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { durationText } from '../../lib/time.ts';

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;

/** Copies the installation into its data folder, and says where the copy is. */
export function BackUpButton() {
  const backUp = useMutation({
    mutationFn: () => api.backUp({ body: {} }),
    onSuccess: ({ file, bytes, counts, seconds }) =>
      sayDone(
        `Backed up and verified in ${durationText(seconds)}: ${counts['jobs'] ?? 0} jobs and ${counts['runs'] ?? 0} runs, ` +
          `${megabytes(bytes)}. It lies at ${file}; keep a copy on another disk.`,
      ),
    onError: sayFailed,
  });
  return (
    <Button
      variant="default"
      leftSection={<IconDatabaseExport size={16} aria-hidden="true" />}
      loading={backUp.isPending}
      onClick={() => backUp.mutate()}
    >
      Back up now
    </Button>
  );
}
