import { Alert, Group, Text } from '@mantine/core';
import type { HookMade } from 'job-trigger-contract';
import { CopyButton } from '../../components/copy-text.tsx';

/** What the sender needs, while it can be seen. */
export function HookSecret({ made }: { readonly made: HookMade }) {
  const what = made.kind === 'keyed' ? 'key' : 'secret';
  return (
    <Alert variant="outline" title={`The ${what} is shown only now`}>
      <Group gap="sm" align="center">
        <Text size="sm" className="jtp-break" ff="monospace">
          {made.secret}
        </Text>
        <CopyButton text={made.secret} label={`Copy the ${what}`} />
      </Group>
      <Text size="sm" mt="xs">
        {made.kind === 'keyed'
          ? 'The sender shows it as bearer token with each message.'
          : 'The sender signs each message with it.'}
        {made.former_secret_until === null ? '' : ` The ${what} before it is taken too for 24 hours.`}
      </Text>
    </Alert>
  );
}
