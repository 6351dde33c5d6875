import { Link } from '@tanstack/react-router';
import type { Run } from 'job-trigger-contract';
import type { ReactNode } from 'react';
import { RunBadge } from '../../components/state-badge.tsx';

/** Runs as short lines: the job, its state, and what the panel wants to say. */
export function RunRows({ runs, tell }: { readonly runs: readonly Run[]; readonly tell: (run: Run) => ReactNode }) {
  return (
    <ul className="jtp-plain-list">
      {runs.map((run) => (
        <li key={run.id} className="jtp-run-row">
          <Link to="/runs/$id" params={{ id: run.id }} className="jtp-link jtp-cell-name">
            {run.job_name}
          </Link>
          <span className="jtp-run-row-told">{tell(run)}</span>
          <RunBadge run={run} />
        </li>
      ))}
    </ul>
  );
}
