import { Alert, Button, Code, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import type { Overview } from 'job-trigger-contract';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { refreshTopics } from '../../lib/query.ts';

function askToRemove(): void {
  modals.openConfirmModal({
    title: 'Remove the demo data?',
    children: <Text size="sm">The demo jobs and all their runs are removed for good. Jobs of your own stay.</Text>,
    labels: { confirm: 'Remove', cancel: 'Keep' },
    confirmProps: { color: 'red' },
    onConfirm: () => {
      api.removeDemo({}).then(({ removed }) => {
        sayDone(`Removed ${removed} demo jobs.`);
        refreshTopics(['runs', 'jobs', 'events']);
      }, sayFailed);
    },
  });
}

/** What must be known before any number is read. */
export function Notices({ overview }: { readonly overview: Overview }) {
  const { counts, scheduler, workers_online, demo } = overview;
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
      {demo ? (
        <Alert variant="outline" title="Demo data is here">
          <Button size="xs" variant="default" onClick={askToRemove}>
            Remove the demo data
          </Button>
        </Alert>
      ) : null}
    </>
  );
}
