import { Button, Text } from '@mantine/core';
import { IconDatabaseExport } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Panel } from '../../components/panel.tsx';
import { sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { durationText } from '../../lib/time.ts';

const counted = (count: number, noun: string): string => `${count.toLocaleString()} ${noun}${count === 1 ? '' : 's'}`;
const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;

/** Copies the installation into its data folder, and says where the copy is. */
export function BackUpPanel() {
  const backUp = useMutation({ mutationFn: () => api.backUp({ body: {} }), onError: sayFailed });
  const { data } = backUp;
  const button = (
    <Button
      variant="default"
      leftSection={<IconDatabaseExport size={16} aria-hidden="true" />}
      loading={backUp.isPending}
      onClick={() => backUp.mutate()}
    >
      Back up now
    </Button>
  );
  return (
    <Panel title="Backup" aside={button}>
      <Text component="output" display="block" size="sm" className="jtp-check-text">
        {data === undefined
          ? 'Copies database, scripts, settings and key into one file of the data folder, and reads it back to verify it.'
          : `Backed up and verified in ${durationText(data.seconds)}: ${counted(data.counts['jobs'] ?? 0, 'job')} and ` +
            `${counted(data.counts['runs'] ?? 0, 'run')}, ${data.artifacts ? 'with' : 'without'} artifacts, ${megabytes(data.bytes)}. It lies at ${data.file}; keep a copy on another disk.`}
      </Text>
    </Panel>
  );
}
