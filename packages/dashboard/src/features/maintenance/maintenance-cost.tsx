import { Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { MaintenanceCost } from 'job-trigger-contract';
import { Rows } from '../../components/rows.tsx';
import { When } from '../../components/when.tsx';
import { costSentence, counted } from './words.ts';

const mostShown = 20;

/** What a window takes: in a sentence, then job by job, and what it leaves alone. */
export function CostOf({ cost }: { readonly cost: MaintenanceCost }) {
  return (
    <Stack gap="xs" aria-live="polite">
      <Text fw={600}>{costSentence(cost)}</Text>
      {cost.running_count + cost.queued === 0 ? (
        <Text size="sm">None of its jobs is at work.</Text>
      ) : (
        <Text size="sm" component="div" className="jtp-inline">
          Left alone: {cost.running_count} running. In the queue: {cost.queued}, held back unless a person asked.{' '}
          {cost.running.map((run) => (
            <span key={run.run_id}>
              <Link to="/runs/$id" params={{ id: run.run_id }} className="jtp-link">
                {run.job_name}
              </Link>{' '}
            </span>
          ))}
        </Text>
      )}
      {cost.jobs.length === 0 ? null : (
        <Rows
          label="Jobs that are held back"
          items={cost.jobs.slice(0, mostShown)}
          keyOf={(job) => job.job_id}
          columns={[
            {
              title: 'Job',
              cell: (job) => (
                <Link to="/jobs/$id" params={{ id: job.job_id }} className="jtp-link jtp-cell-name">
                  {job.job_name}
                </Link>
              ),
            },
            { title: 'Held back', cell: (job) => counted(job.count, 'run') },
            { title: 'Afterwards', cell: (job) => (job.runs_after === 0 ? 'none' : counted(job.runs_after, 'run')) },
            { title: 'The first', cell: (job) => <When at={job.first} planned /> },
          ]}
        />
      )}
      {cost.job_count > mostShown ? <Text size="sm">and {cost.job_count - mostShown} more jobs</Text> : null}
    </Stack>
  );
}
