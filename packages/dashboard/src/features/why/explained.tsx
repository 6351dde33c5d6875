import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Explanation } from 'job-trigger-contract';

/** Where an act is done that has a page of its own. Others stand as buttons where they belong. */
function pageOf(
  action: string,
  jobId: string,
): { readonly to: string; readonly params?: { readonly id: string } } | null {
  switch (action) {
    case 'add_schedule':
    case 'change_catch_up':
    case 'change_overlap':
    case 'edit_job':
    case 'edit_limit':
      return { to: '/jobs/$id/edit', params: { id: jobId } };
    case 'resume':
      return { to: '/jobs/$id', params: { id: jobId } };
    case 'edit_calendar':
      return { to: '/calendars' };
    case 'edit_workers':
    case 'start_worker':
      return { to: '/workers' };
    case 'open_health':
      return { to: '/health' };
    case 'open_queue':
    case 'raise_priority':
      return { to: '/queue' };
    case 'open_settings':
      return { to: '/settings' };
    default:
      return null;
  }
}

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
  const page = action === null || brief ? null : pageOf(action.code, jobId);
  return (
    <Text size="sm" component="span" className="jtp-inline jtp-break">
      {sentence}
      {links.map(({ kind, id, text }) => (
        <span key={id}>
          {' '}
          <Link to={kind === 'run' ? '/runs/$id' : '/jobs/$id'} params={{ id }} className="jtp-link">
            {text}
          </Link>
        </span>
      ))}
      {action === null || page === null ? null : (
        <>
          {' '}
          <Link {...page} className="jtp-link">
            {action.text}
          </Link>
        </>
      )}
    </Text>
  );
}
