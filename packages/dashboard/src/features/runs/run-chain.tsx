import { Table, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ChainEntry, RunDetail } from 'job-trigger-contract';
import { Panel } from '../../components/panel.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
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
      Not started. {entry.reason_text}
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
      <Table.ScrollContainer minWidth={320}>
        <Table verticalSpacing={4} data-part="chain">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Job</Table.Th>
              <Table.Th>Place</Table.Th>
              <Table.Th>Run</Table.Th>
              <Table.Th>Outcome</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {chain.entries.map((entry) => (
              <Table.Tr key={entry.job_id}>
                <Table.Td>
                  <Link to="/jobs/$id" params={{ id: entry.job_id }} className="jtp-link">
                    {entry.job_name}
                  </Link>
                </Table.Td>
                <Table.Td>{relations[entry.relation]}</Table.Td>
                <Table.Td>{entry.run_id === null ? '–' : <RunLink id={entry.run_id} />}</Table.Td>
                <Table.Td>
                  <Outcome entry={entry} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}
