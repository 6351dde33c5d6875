import { Group, Stack, Text } from '@mantine/core';
import type { Monitor } from 'job-trigger-contract';
import { CopyButton } from '../../components/copy-text.tsx';
import { CodeLine } from './code-line.tsx';
import { portalAddress } from '../../lib/base.ts';

/** What a crontab needs to report to a monitor: the line, and its parts for a start and a failure. */
export function PingLine({ monitor }: { readonly monitor: Pick<Monitor, 'ping_path'> }) {
  if (monitor.ping_path === null)
    return <Text size="sm">Its address holds a token. Editors and administrators see it.</Text>;
  const address = `${portalAddress()}${monitor.ping_path}`;
  const line = `; curl -fsS -m 10 --retry 3 -o /dev/null ${address}/$?`;
  return (
    <Stack gap="xs">
      <Text size="sm">
        Put this behind the command in the crontab. It reports the exit code; anything but 0 is a failure.
      </Text>
      <CodeLine text={line} label="Line for the crontab" />
      <Group gap="xs">
        <CopyButton text={line} label="Copy the line" />
        <CopyButton text={address} label="Copy the address" />
      </Group>
      <Text size="xs" c="dimmed">
        <code>/start</code> before the command makes a run that never ends be noticed, <code>/fail</code> reports a
        failure by name. A body of up to 10 kB is kept as the last output.
      </Text>
    </Stack>
  );
}
