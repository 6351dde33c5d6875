import { Text } from '@mantine/core';
import type { HookMade } from 'job-trigger-contract';
import { ShownOnce } from '../../components/shown-once.tsx';

/** What the sender needs, while it can be seen. */
export function HookSecret({ made }: { readonly made: HookMade }) {
  const what = made.kind === 'keyed' ? 'key' : 'secret';
  return (
    <ShownOnce what={what} value={made.secret}>
      <Text size="sm">
        {made.kind === 'keyed'
          ? 'The sender shows it as bearer token with each message.'
          : 'The sender signs each message with it.'}
        {made.former_secret_until === null ? '' : ` The ${what} before it is taken too for 24 hours.`}
      </Text>
    </ShownOnce>
  );
}
