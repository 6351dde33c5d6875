import { Alert } from '@mantine/core';
import { AlertLink } from './alert-link.tsx';
import { kindWords } from './alert-words.ts';
import { useAlertsOf } from './use-alerts.ts';
import { Told } from '../../components/told.tsx';

/** What stands about one job, over its page; that it was stopped, and scripts that wait for approval, are told of there anyway. */
export function JobAlerts({ jobId }: { readonly jobId: string }) {
  const { data } = useAlertsOf(jobId);
  if (data === undefined) return null;
  const told = data.items.filter(({ kind }) => kind !== 'breaker' && kind !== 'awaiting_approval');
  return told.map((alert) => (
    <Alert
      key={alert.id}
      variant="outline"
      color={alert.severity === 'error' ? 'red' : 'yellow'}
      title={kindWords[alert.kind]}
      className={alert.severity === 'error' ? 'jtp-alert' : 'jtp-alert-attention'}
    >
      <Told text={alert.text} />{' '}
      {alert.link.endsWith(jobId) ? null : <AlertLink alert={{ ...alert, job_name: null }} />}
    </Alert>
  ));
}
