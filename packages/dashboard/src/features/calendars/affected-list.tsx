import { Alert, List, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { CalendarEffect } from 'job-trigger-contract';
import { When } from '../../components/when.tsx';

const shown = 10;

/** Which jobs the last save moved, each with its new next run. */
export function AffectedList({ effect }: { readonly effect: CalendarEffect }) {
  const moved = effect.affected.filter(({ before, next_due_at }) => before !== next_due_at);
  return (
    <Alert variant="outline" color="brand" title="Saved">
      <Text size="sm">
        {effect.affected_count === 0
          ? 'No schedule uses it yet. Attach it where a job says when it runs.'
          : `It counts for ${effect.affected_count} ${effect.affected_count === 1 ? 'schedule' : 'schedules'}; the next run of ${moved.length} moved.`}
      </Text>
      <List size="sm">
        {moved.slice(0, shown).map((one) => (
          <List.Item key={one.schedule_id}>
            <Link to="/jobs/$id" params={{ id: one.job_id }} className="jtp-link">
              {one.job_name}
            </Link>
            : <When at={one.before} planned none="none" /> → <When at={one.next_due_at} planned none="none" />
          </List.Item>
        ))}
      </List>
      {moved.length > shown ? <Text size="sm">… and {moved.length - shown} more.</Text> : null}
    </Alert>
  );
}
