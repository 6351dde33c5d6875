import { Table, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { AuditRow } from 'job-trigger-contract';
import { Rows } from '../../components/rows.tsx';
import { When } from '../../components/when.tsx';
import { valueText, ways } from './audit-filter.ts';
import './audit.css';

const wayText = (via: string): string => ways.find(({ value }) => value === via)?.label ?? via;

function Who({ who }: { readonly who: AuditRow['who'] }) {
  return (
    <div className="jtp-audit-who">
      <div>{who.name}</div>
      <Text size="xs" c="dimmed">
        {[wayText(who.via), ...(who.address === null ? [] : [who.address])].join(' · ')}
      </Text>
    </div>
  );
}

/** Things that have a page of their own lead there. */
function Subject({ subject }: { readonly subject: AuditRow['subject'] }) {
  const { kind, id, name } = subject;
  const label = name ?? (kind === 'installation' ? 'This installation' : (id ?? '—'));
  const isLinked = id !== null && (kind === 'job' || kind === 'run');
  return (
    <div>
      {isLinked ? (
        <Link to={kind === 'job' ? '/jobs/$id' : '/runs/$id'} params={{ id }} className="jtp-link jtp-break">
          {label}
        </Link>
      ) : (
        <span className="jtp-break">{label}</span>
      )}
      <Text size="xs" c="dimmed">
        {kind === 'installation' && name === null ? null : kind}
      </Text>
    </div>
  );
}

/** What changed, field by field, and what is known of the row besides. */
function Difference({ row }: { readonly row: AuditRow }) {
  const { changes, sequence, who, hash } = row;
  const words = changes.length === 0 ? 'Details' : `${changes.length} ${changes.length === 1 ? 'field' : 'fields'}`;
  return (
    <details className="jtp-audit-details">
      <summary aria-label={`${words} of row ${sequence}`}>{words}</summary>
      {changes.length === 0 ? null : (
        <Table className="jtp-audit-difference" aria-label={`Difference of row ${sequence}`} verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">Field</Table.Th>
              <Table.Th scope="col">Before</Table.Th>
              <Table.Th scope="col">After</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {changes.map(({ field, before, after }) => (
              <Table.Tr key={field}>
                <Table.Th scope="row">
                  <code>{field}</code>
                </Table.Th>
                <Table.Td className="jtp-audit-before">{valueText(before)}</Table.Td>
                <Table.Td className="jtp-audit-after">{valueText(after)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Text size="xs" c="dimmed" className="jtp-break">
        Row {sequence}
        {who.request_id === null ? '' : ` · request ${who.request_id}`} · hash {hash.slice(0, 16)}…
      </Text>
    </details>
  );
}

/** Rows of the audit, newest first. */
export function AuditList({ rows }: { readonly rows: readonly AuditRow[] }) {
  return (
    <Rows
      label="Audit"
      items={rows}
      keyOf={({ sequence }) => String(sequence)}
      columns={[
        {
          title: 'What',
          cell: ({ action, action_text }) => (
            <div className="jtp-audit-what">
              <div>{action_text}</div>
              <Text size="xs" c="dimmed" component="code">
                {action}
              </Text>
            </div>
          ),
        },
        { title: 'Subject', cell: ({ subject }) => <Subject subject={subject} /> },
        { title: 'Who', cell: ({ who }) => <Who who={who} /> },
        { title: 'When', cell: ({ at }) => <When at={at} precision="second" /> },
        { title: 'Changed', cell: (row) => <Difference row={row} /> },
      ]}
    />
  );
}
