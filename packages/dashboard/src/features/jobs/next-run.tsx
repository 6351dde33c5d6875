import { Text } from '@mantine/core';
import type { Job } from 'job-trigger-contract';
import { When } from '../../components/when.tsx';

/** One that waits for jobs starts by itself without a schedule, too. */
function whyNone({ depends_on: waits, schedules, intervention, deleted_at: deleted, next_text: text }: Job): string {
  if (schedules.length > 0 || intervention !== null || deleted !== null) return text ?? 'None';
  if (waits === null) return 'On demand';
  return waits.jobs.length === 1 ? 'After the job it waits for' : `After the ${waits.jobs.length} jobs it waits for`;
}

/** The next instant in the zone of its schedule, or why there is none. */
export function NextRun({ job }: { readonly job: Job }) {
  const { paused } = job;
  if (job.next_due_at === null)
    return (
      <Text size="sm" c="dimmed" component="span">
        {paused === null ? whyNone(job) : paused.until === null ? 'None while paused' : null}
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
