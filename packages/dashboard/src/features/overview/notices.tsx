import { Alert, Code } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Overview } from 'job-trigger-contract';
import { api } from '../../lib/api.ts';

/** A full disk begins nothing, though schedulers and workers report. */
function StorageNotice() {
  const { data } = useQuery({ queryKey: ['health'], queryFn: () => api.health(), refetchInterval: 30_000 });
  const storage = data?.checks?.['storage'];
  if (storage === undefined || storage.status === 'healthy') return null;
  return (
    <Alert color="red" variant="outline" title="Storage needs attention" className="jtp-alert">
      {storage.message} {storage.fix}{' '}
      <Link to="/admin/health" className="jtp-link">
        Open health
      </Link>
    </Alert>
  );
}

/** What must be known before any number is read. */
export function Notices({ overview }: { readonly overview: Overview }) {
  const { counts, scheduler, workers_online } = overview;
  return (
    <>
      <StorageNotice />
      {scheduler.online === 0 ? (
        <Alert color="red" variant="outline" title="No scheduler is running" className="jtp-alert">
          Nothing becomes due until one does. Start it on the portal’s host: <Code>jtp scheduler</Code>
        </Alert>
      ) : null}
      {workers_online === 0 ? (
        <Alert color="red" variant="outline" title="No worker is connected" className="jtp-alert">
          {counts.queued === 0 ? 'Runs will wait' : `${counts.queued} runs wait`} until one is. Start it:{' '}
          <Code>jtp worker</Code>
        </Alert>
      ) : null}
    </>
  );
}
