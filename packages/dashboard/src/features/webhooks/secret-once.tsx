import { Text } from '@mantine/core';
import type { WebhookMade } from 'job-trigger-contract';
import { ShownOnce } from '../../components/shown-once.tsx';

/** The secret of an endpoint, while it can be seen. */
export function SecretOnce({ made }: { readonly made: Pick<WebhookMade, 'secret' | 'former_secret_until'> }) {
  return (
    <ShownOnce what="secret" value={made.secret}>
      <Text size="sm">
        The receiver checks each message with it.
        {made.former_secret_until === null ? '' : ' The secret before it signs too for 24 hours.'}
      </Text>
    </ShownOnce>
  );
}
