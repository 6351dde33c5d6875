import { Text } from '@mantine/core';
import type { Job } from 'job-trigger-contract';
import { When } from '../../components/when.tsx';

/** The next instant in the zone of its schedule, or why there is none. */
export function NextRun({ job }: { readonly job: Job }) {
  const { paused } = job;
  if (job.next_due_at === null)
    return (
      <Text size="sm" c="dimmed" component="span">
        {paused === null ? (job.next_text ?? 'None') : paused.until === null ? 'None while paused' : null}
        {typeof paused?.until === 'string' ? (
          <>
            Resumes <When at={paused.until} planned />
          </>
        ) : null}
      </Text>
    );
  const zone = job.schedules.find((schedule) => schedule.next_due_at === job.next_due_at)?.timezone;
  return <When at={job.next_due_at} zone={zone} planned next />;
}
