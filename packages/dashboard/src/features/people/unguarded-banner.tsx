import { Text } from '@mantine/core';
import { IconLockOpen } from '@tabler/icons-react';
import './unguarded.css';
import { useSession } from './use-session.ts';

/** Says on every page that nobody signs in. */
export function UnguardedBanner() {
  const { data } = useSession();
  if (data?.settings.authentication !== 'off') return null;
  return (
    <section aria-label="Authentication" className="jtp-unguarded">
      <IconLockOpen size={20} aria-hidden="true" />
      <Text size="sm" className="jtp-anywhere">
        <strong>Authentication is off.</strong> Whoever uses this machine acts as{' '}
        {data.person === null ? 'the administrator' : `${data.person.name}, the administrator`}: nobody signs in, and
        nothing says who did what.
      </Text>
    </section>
  );
}
