import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ChainEntry, RunDetail } from 'job-trigger-contract';
import { Panel } from '../../components/panel.tsx';
import { Rows } from '../../components/rows.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { Told } from '../../components/told.tsx';
import { shortId } from './run-words.ts';

const relations: Readonly<Record<ChainEntry['relation'], string>> = {
  upstream: 'before',
  this: 'this run',
  downstream: 'after',
  beside: 'beside',
};

function RunLink({ id }: { readonly id: string }) {
  return (
    <Link to="/runs/$id" params={{ id }} className="jtp-link">
      {shortId(id)}
    </Link>
  );
}

function Outcome({ entry }: { readonly entry: ChainEntry }) {
  if (entry.state !== null) return <StateBadge state={entry.state} />;
  return (
    <Text size="sm" component="span" className="jtp-break">
      Not started. <Told text={entry.reason_text ?? ''} />
      {entry.cause_run_id === null ? null : (
        <>
          {' '}
          (<RunLink id={entry.cause_run_id} />)
        </>
      )}
    </Text>
  );
}

/** What ran before and after it in its chain, and what did not for its sake. */
export function RunChain({ run: { chain } }: { readonly run: RunDetail }) {
  if (chain === null || chain.entries.length < 2) return null;
  return (
    <Panel title="Chain">
      <div data-part="chain">
        <Rows
          label="Runs of the chain"
          items={chain.entries}
          keyOf={({ job_id }) => job_id}
          columns={[
            {
              title: 'Job',
              cell: ({ job_id, job_name }) => (
                <Link to="/jobs/$id" params={{ id: job_id }} className="jtp-link jtp-cell-name">
                  {job_name}
                </Link>
              ),
            },
            { title: 'Place', cell: ({ relation }) => relations[relation] },
            { title: 'Run', cell: ({ run_id }) => (run_id === null ? '—' : <RunLink id={run_id} />) },
            { title: 'Outcome', cell: (entry) => <Outcome entry={entry} /> },
          ]}
        />
      </div>
    </Panel>
  );
}
