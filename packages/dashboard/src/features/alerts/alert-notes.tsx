import { Alert, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { AlertLink } from './alert-link.tsx';
import { kindWords } from './alert-words.ts';
import { useAlertsOf, useOpenAlerts } from './use-alerts.ts';

/** What stands about one job, over its page; that it was stopped has a panel of its own there. */
export function JobAlerts({ jobId }: { readonly jobId: string }) {
  const { data } = useAlertsOf(jobId);
  if (data === undefined) return null;
  const told = data.items.filter(({ kind }) => kind !== 'breaker');
  return told.map((alert) => (
    <Alert
      key={alert.id}
      variant="outline"
      color={alert.severity === 'error' ? 'red' : 'yellow'}
      title={kindWords[alert.kind]}
      className={alert.severity === 'error' ? 'jtp-alert' : 'jtp-alert-attention'}
    >
      {alert.text} {alert.link.endsWith(jobId) ? null : <AlertLink alert={{ ...alert, job_name: null }} />}
    </Alert>
  ));
}

const shown = 5;

/** The newest that stand, for a panel of what needs attention; nothing when there is none. */
export function NewestAlerts() {
  const { data } = useOpenAlerts(shown);
  if (data === undefined || data.items.length === 0) return null;
  const more = data.next_cursor !== null;
  return (
    <Stack gap="sm" component="ul" className="jtp-plain-list" mb="sm">
      {data.items.map((alert) => (
        <li key={alert.id}>
          <Link to="/inbox" className="jtp-link jtp-cell-name">
            {alert.title}
          </Link>
          <Text size="sm" c="dimmed" className="jtp-anywhere">
            {alert.text}
          </Text>
        </li>
      ))}
      {more ? (
        <li>
          <Link to="/inbox" className="jtp-link">
            All in the inbox
          </Link>
        </li>
      ) : null}
    </Stack>
  );
}
