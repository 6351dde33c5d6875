import { Text } from '@mantine/core';
import { useConnection, type Connection } from '../lib/stream.ts';
import { browserZone, clockText } from '../lib/time.ts';

/** The state of the connection, in words. */
function connectionWords(connection: Connection): string {
  switch (connection.kind) {
    case 'connecting':
      return 'Connecting';
    case 'live':
      return 'Live';
    case 'reconnecting':
      return `Reconnecting (${connection.seconds} s)`;
    case 'polling':
      return 'Polling';
    case 'offline':
      return `Offline, data from ${clockText(connection.since, browserZone())}`;
  }
}

export function ConnectionPill() {
  const connection = useConnection();
  return (
    <Text component="output" size="sm" className={`jtp-pill jtp-pill-${connection.kind}`}>
      {connectionWords(connection)}
    </Text>
  );
}
