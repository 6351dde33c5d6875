import { ActionIcon, Indicator } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { setAttention } from '../../lib/store.ts';
import { useAlertCount } from './use-alerts.ts';

const most = 99;

/** How many alerts nobody has seen, on every page; leads to them. */
export function Bell() {
  const { data } = useAlertCount();
  const count = data?.unread ?? 0;
  useEffect(() => setAttention(count), [count]);
  const words = count === 0 ? 'Inbox: nothing needs attention' : `Inbox: ${count} need attention`;
  return (
    <Indicator
      label={count > most ? `${most}+` : count}
      disabled={count === 0}
      size={18}
      offset={4}
      classNames={{ indicator: 'jtp-bell-count' }}
    >
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={words}
        renderRoot={(props) => <Link to="/inbox" {...props} />}
      >
        <IconBell size={18} aria-hidden="true" />
      </ActionIcon>
    </Indicator>
  );
}
