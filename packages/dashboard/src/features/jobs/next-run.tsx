import { Text } from '@mantine/core';
import type { Job } from 'job-trigger-contract';
import { When } from '../../components/when.tsx';

/** The next instant in the zone of its schedule, or why there is none. */
export function NextRun({ job }: { readonly job: Job }) {
  if (job.next_due_at === null)
    return (
      <Text size="sm" c="dimmed" component="span">
        {job.next_text ?? 'None'}
      </Text>
    );
  const zone = job.schedules.find((schedule) => schedule.next_due_at === job.next_due_at)?.timezone;
  return <When at={job.next_due_at} zone={zone} planned />;
}
