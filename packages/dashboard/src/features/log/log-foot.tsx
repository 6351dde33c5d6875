import { Group, Text } from '@mantine/core';
import { bytesText } from '../../lib/time.ts';
import { LastOutput } from './last-output.tsx';
import type { LogState } from './log-feed.ts';

/** How much there is, what the cap took, and how old the last line is while more may come. */
export function LogFoot({ log, lastAt }: { readonly log: LogState; readonly lastAt: string | null }) {
  return (
    <Group gap="md" mt={6}>
      <Text size="xs" c="dimmed" className="jtp-figures">
        {log.lines.toLocaleString('en')} {log.lines === 1 ? 'line' : 'lines'}, {bytesText(log.bytes)}
      </Text>
      {log.cutBytes > 0 ? (
        <Text size="xs" fw={600}>
          {bytesText(log.cutBytes)} are missing from the middle: the output was longer than the setting for the size of
          a log allows.
        </Text>
      ) : null}
      {log.complete ? null : <LastOutput at={lastAt} />}
    </Group>
  );
}
