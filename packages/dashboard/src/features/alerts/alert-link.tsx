import { Link } from '@tanstack/react-router';
import type { AlertShape } from 'job-trigger-contract';
import { subjectWords } from './alert-words.ts';

/** Leads to what the alert is about. */
export function AlertLink({ alert }: { readonly alert: Pick<AlertShape, 'link' | 'job_name'> }) {
  const [path = '/', search] = alert.link.split('?');
  return (
    <Link to={path} search={Object.fromEntries(new URLSearchParams(search))} className="jtp-link">
      {subjectWords(alert)}
    </Link>
  );
}
