import { Alert, Code } from '@mantine/core';
import type { Overview } from 'job-trigger-contract';

/** What must be known before any number is read. */
export function Notices({ overview }: { readonly overview: Overview }) {
  const { counts, scheduler, workers_online } = overview;
  return (
    <>
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
