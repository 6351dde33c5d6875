import { ActionIcon } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { setAttention } from '../../lib/store.ts';
import { useAlertCount } from './use-alerts.ts';

const most = 99;

/** The same beside a word. */
export function InboxCount() {
  const count = useAlertCount().data?.unread ?? 0;
  return count === 0 ? null : <strong className="jtp-count">{count > most ? `${most}+` : count}</strong>;
}

/** How many alerts nobody has seen, on every page; leads to them. */
export function Bell() {
  const { data } = useAlertCount();
  const count = data?.unread ?? 0;
  useEffect(() => setAttention(count), [count]);
  const words = count === 0 ? 'Inbox: nothing needs attention' : `Inbox: ${count} need attention`;
  return (
    <span className="jtp-bell jtp-wide">
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={words}
        renderRoot={(props) => <Link to="/inbox" {...props} />}
      >
        <IconBell size={18} aria-hidden="true" />
      </ActionIcon>
      <span aria-hidden="true">
        <InboxCount />
      </span>
    </span>
  );
}
