import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Explanation } from 'job-trigger-contract';
import { Told } from '../../components/told.tsx';

/** Pages on which an act is done. Others stand as buttons where they belong. */
const pages: Readonly<
  Record<
    string,
    '/jobs/$id/edit' | '/jobs/$id' | '/calendars' | '/workers' | '/admin/health' | '/queue' | '/admin/settings'
  >
> = {
  add_schedule: '/jobs/$id/edit',
  change_catch_up: '/jobs/$id/edit',
  change_overlap: '/jobs/$id/edit',
  edit_calendar: '/calendars',
  edit_job: '/jobs/$id/edit',
  edit_limit: '/jobs/$id/edit',
  edit_workers: '/workers',
  open_health: '/admin/health',
  open_limits: '/queue',
  open_queue: '/queue',
  open_settings: '/admin/settings',
  raise_priority: '/queue',
  resume: '/jobs/$id',
  start_worker: '/workers',
};

interface ExplainedProps {
  readonly why: Explanation;
  /** Of whose job it is told: where its acts lead. */
  readonly jobId: string;
  /** Sentence and blockers alone. */
  readonly brief?: boolean;
}

/** An answer to "why?": the sentence, what stood in the way as links, and the page of the act that would clear it. */
export function Explained({ why, jobId, brief = false }: ExplainedProps) {
  const { sentence, links, action } = why;
  const page = action === null || brief ? undefined : pages[action.code];
  return (
    <Text size="sm" component="span" className="jtp-inline jtp-break">
      <Told text={sentence} />
      {links.map(({ kind, id, text }) => (
        <span key={id}>
          {' '}
          <Link to={kind === 'run' ? '/runs/$id' : '/jobs/$id'} params={{ id }} className="jtp-link">
            {text}
          </Link>
        </span>
      ))}
      {action === null || page === undefined ? null : (
        <>
          {' '}
          <Link to={page} params={{ id: jobId }} className="jtp-link">
            {action.text}
          </Link>
        </>
      )}
    </Text>
  );
}
