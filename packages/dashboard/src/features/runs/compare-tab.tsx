import { Alert, Group, NativeSelect, Stack, Table, Text, Title, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { RunComparison, RunDetail } from 'job-trigger-contract';
import { EmptyState } from '../../components/empty-state.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { RunBadge } from '../../components/state-badge.tsx';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { runLooks } from '../../lib/states.ts';
import { durationText } from '../../lib/time.ts';
import { textAt, useAddress } from './address.ts';
import './runs.css';
import { shortId } from './run-words.ts';

type Row = RunComparison['facts'][number];

const valueText = (name: string, value: unknown): string => {
  if (typeof value === 'number' && name.endsWith('_seconds')) return durationText(value);
  if (value === null || value === undefined || value === '') return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
};
const nameOf = (field: string): string =>
  field
    .replace(/_seconds$/, '')
    .replaceAll('_', ' ')
    .replace(/^./, (first) => first.toUpperCase());

function Rows({
  title,
  rows,
  names,
}: {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly names?: true;
}) {
  if (rows.length === 0) return null;
  return (
    <section>
      <Title order={3} size="h5" mb={4}>
        {title}
      </Title>
      <Table.ScrollContainer minWidth={300}>
        <Table layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col" w="30%">
                Name
              </Table.Th>
              <Table.Th scope="col">This run</Table.Th>
              <Table.Th scope="col">The other</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ name, run, with: other }) => (
              <Table.Tr key={name}>
                <Table.Th scope="row" className="jtp-anywhere">
                  {names === true ? name : nameOf(name)}
                </Table.Th>
                <Table.Td className="jtp-run-detail">{valueText(name, run)}</Table.Td>
                <Table.Td className="jtp-run-detail">{valueText(name, other)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  );
}

const sides = {
  same: { sign: ' ', words: 'In both' },
  run: { sign: '−', words: 'Only in this run' },
  with: { sign: '+', words: 'Only in the other' },
} as const;

function Output({ log }: { readonly log: RunComparison['log'] }) {
  if (log.first_difference === null)
    return (
      <Text size="sm" c="dimmed">
        {log.more ? 'The first 20,000 lines of output are the same.' : 'The output is the same.'}
      </Text>
    );
  return (
    <section>
      <Title order={3} size="h5" mb={4}>
        Output, from line {log.first_difference} on
      </Title>
      <Text size="xs" c="dimmed" mb={4}>
        − only in this run, + only in the other
      </Text>
      <ol className="jtp-log-difference" aria-label="Difference of the output">
        {log.lines.map(({ kind, line, text }) => (
          <li key={`${kind} ${line}`} data-kind={kind}>
            <span>
              <span aria-hidden="true">{sides[kind].sign}</span>
              <VisuallyHidden>{sides[kind].words}</VisuallyHidden>
            </span>
            <span className="jtp-figures">{line}</span>
            <code>{text}</code>
          </li>
        ))}
      </ol>
      {log.more ? (
        <Text size="xs" c="dimmed">
          There is more behind it; open both logs to see it all.
        </Text>
      ) : null}
    </section>
  );
}

function Found({ comparison }: { readonly comparison: RunComparison }) {
  const { with: other, facts, definition, parameters, environment, log } = comparison;
  if (other === null)
    return (
      <EmptyState
        title="Nothing to compare with"
        text="No run of this job succeeded before this one. Choose another run above."
      />
    );
  return (
    <Stack>
      <Group gap="sm">
        <Text size="sm" component="span">
          Compared with
        </Text>
        <Link to="/runs/$id" params={{ id: other.id }} className="jtp-link">
          Run {shortId(other.id)}
        </Link>
        <Text size="sm" component="span" c="dimmed">
          <When at={other.started_at ?? other.created_at} />
        </Text>
        <RunBadge run={other} />
      </Group>
      {parameters.length + definition.length + environment.length > 0 ? null : (
        <Alert variant="outline">The job, its parameters and its environment were the same.</Alert>
      )}
      <Rows title="Run" rows={facts} />
      <Rows title="Job" rows={definition} />
      <Rows title="Parameters" rows={parameters} names />
      <Rows title="Environment" rows={environment} names />
      <Output log={log} />
    </Stack>
  );
}

/** What was different about this run; with which other stands in the address. */
export function CompareTab({ run }: { readonly run: RunDetail }) {
  const [address, change] = useAddress();
  const other = textAt(address, 'with') ?? 'last_success';
  const comparison = useQuery({
    queryKey: ['run', run.id, 'compare', other],
    queryFn: () => api.compareRuns({ params: { id: run.id }, query: { with: other } }),
  });
  const runs = useQuery({
    queryKey: ['runs', 'job', run.job_id, 'compare'],
    queryFn: () => api.listRuns({ query: { job_id: run.job_id, limit: 30 } }),
    enabled: !run.draft,
  });
  const offered = (runs.data?.items ?? []).filter(({ id }) => id !== run.id);
  const labels = offered.map(({ id, state, created_at: at }) => ({
    value: id,
    label: `${shortId(id)} · ${runLooks[state].label} · ${at.slice(0, 16).replace('T', ' ')} UTC`,
  }));
  const isOffered = other === 'last_success' || offered.some(({ id }) => id === other);
  return (
    <Stack>
      <NativeSelect
        label="Compare with"
        maw={420}
        value={other}
        data={[
          { value: 'last_success', label: 'The last success before it' },
          ...(isOffered ? [] : [{ value: other, label: `Run ${shortId(other)}` }]),
          ...labels,
        ]}
        onChange={(event) => {
          const { value } = event.currentTarget;
          change({ with: value === 'last_success' ? undefined : value });
        }}
      />
      <Loaded query={comparison} rows={5}>
        {(data) => <Found comparison={data} />}
      </Loaded>
    </Stack>
  );
}
