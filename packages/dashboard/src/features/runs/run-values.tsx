import { Code, Table, Text } from '@mantine/core';
import type { RunDetail } from 'job-trigger-contract';
import { EmptyState } from '../../components/empty-state.tsx';
import { itemsText } from './progress.ts';
import { HttpAnswer } from './http-answer.tsx';
import './runs.css';
import { exitWords } from './run-words.ts';

/** The values that the run was given. */
export function RunParameters({ run }: { readonly run: RunDetail }) {
  const entries = Object.entries(run.parameters);
  if (entries.length === 0)
    return (
      <EmptyState title="No parameters" text="This run was given no values. Parameters are declared on the job." />
    );
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">Name</Table.Th>
          <Table.Th scope="col">Value</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {entries.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row">{name}</Table.Th>
            <Table.Td className="jtp-run-detail">{value === null ? 'null' : String(value)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** What the run gave back. */
export function RunResult({ run }: { readonly run: RunDetail }) {
  const exit = exitWords(run);
  const empty = run.result === null || run.result === undefined;
  return (
    <>
      {exit === null ? null : <Text size="sm">The process ended with {exit}.</Text>}
      {run.items === null ? null : (
        <Text size="sm" className="jtp-figures" mb="xs">
          <b>Items:</b> {itemsText(run.items)}
        </Text>
      )}
      {empty ? (
        <EmptyState
          title="No result"
          text="A job gives a result by writing JSON to the file that JTP_RESULT_FILE names."
        />
      ) : (
        <>
          <HttpAnswer result={run.result} />
          <Code block mah={480} tabIndex={0} aria-label="Result as JSON">
            {JSON.stringify(run.result, null, 2)}
          </Code>
        </>
      )}
    </>
  );
}
