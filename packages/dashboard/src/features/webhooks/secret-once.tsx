import { Alert, Group, Text } from '@mantine/core';
import type { WebhookMade } from 'job-trigger-contract';
import { CopyButton } from '../../components/copy-text.tsx';

/** The secret of an endpoint, while it can be seen. */
export function SecretOnce({ made }: { readonly made: Pick<WebhookMade, 'secret' | 'former_secret_until'> }) {
  return (
    <Alert variant="outline" title="The secret is shown only now">
      <Group gap="sm" align="center">
        <Text size="sm" className="jtp-break" ff="monospace">
          {made.secret}
        </Text>
        <CopyButton text={made.secret} label="Copy the secret" />
      </Group>
      <Text size="sm" mt="xs">
        The receiver checks each message with it.
        {made.former_secret_until === null ? '' : ' The secret before it signs too for 24 hours.'}
      </Text>
    </Alert>
  );
}
