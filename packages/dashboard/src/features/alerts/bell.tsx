import { ActionIcon } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useAlertCount } from './use-alerts.ts';

const most = 99;

/** How many messages nobody has seen, on every page; leads to them. What to do about them stands in Attention. */
export function Bell() {
  const { data } = useAlertCount();
  const count = data?.unread ?? 0;
  const words = count === 0 ? 'Inbox: no new message' : `Inbox: ${count} new`;
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
        {count === 0 ? null : <strong className="jtp-count">{count > most ? `${most}+` : count}</strong>}
      </span>
    </span>
  );
}
