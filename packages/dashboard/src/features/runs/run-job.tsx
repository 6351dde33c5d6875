import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Run } from 'job-trigger-contract';

/** The job of a run, by name: a link, unless it was never saved. */
export function RunJob({ run }: { readonly run: Pick<Run, 'job_id' | 'job_name' | 'draft'> }) {
  if (run.draft)
    return (
      <span className="jtp-cell-name">
        {run.job_name}{' '}
        <Text span size="sm" c="dimmed" fw={400}>
          (draft)
        </Text>
      </span>
    );
  return (
    <Link to="/jobs/$id" params={{ id: run.job_id }} className="jtp-link jtp-cell-name">
      {run.job_name}
    </Link>
  );
}
