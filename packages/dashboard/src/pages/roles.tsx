import { Table, Text, TextInput, ScrollArea } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { endpoints, type Endpoint } from 'job-trigger-contract';
import { useDeferredValue, useState } from 'react';
import { EmptyState } from '../components/empty-state.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { roleMay, roleNames, roleWords } from '../features/people/role-words.ts';

const all: readonly Endpoint[] = Object.values(endpoints);
const scopeOf: Readonly<Record<Endpoint['access'], string>> = {
  open: 'none',
  viewer: 'read',
  operator: 'run',
  editor: 'write',
  admin: 'admin',
};

function isFound({ summary, path, method, access, tag }: Endpoint, text: string): boolean {
  return `${summary} ${method} ${path} ${access} ${tag}`.toLowerCase().includes(text);
}

function Matrix({ rows, title }: { readonly rows: readonly Endpoint[]; readonly title: string }) {
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, 'aria-label': `Who may: ${title}`, role: 'region' }}>
      <Table aria-label={title} verticalSpacing="xs" miw={640}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">What</Table.Th>
            {roleNames.map((role) => (
              <Table.Th key={role} scope="col" w={84}>
                {role}
              </Table.Th>
            ))}
            <Table.Th scope="col" w={84}>
              key
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ method, path, summary, access, inPerson }) => (
            <Table.Tr key={`${method} ${path}`}>
              <Table.Th scope="row" fw={400}>
                {summary}
                <Text size="xs" c="dimmed" className="jtp-break" ff="monospace">
                  {method} {path}
                </Text>
              </Table.Th>
              {roleNames.map((role) => (
                <Table.Td key={role}>
                  {roleMay(role, access) ? <IconCheck size={18} aria-label="yes" /> : <Text span>no</Text>}
                </Table.Td>
              ))}
              <Table.Td>{inPerson === true ? 'no' : scopeOf[access]}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

/** The published matrix: what each role, and a key of each scope, may. Made from the table that the server asks. */
export function RolesPage() {
  const [given, setGiven] = useState('');
  const text = useDeferredValue(given.trim().toLowerCase());
  const groups = Map.groupBy(
    all.filter((endpoint) => isFound(endpoint, text)),
    ({ tag }) => tag,
  );
  return (
    <Page title="Roles">
      <Panel title="What each role may">
        <ul className="jtp-plain-list">
          {roleNames.map((role) => (
            <li key={role}>
              <strong>{role}</strong>: {roleWords[role]}
            </li>
          ))}
          <li>
            <strong>approver</strong>: besides the role, may approve scripts.
          </li>
        </ul>
        <Text size="sm" c="dimmed" mt="xs">
          Each role holds the one before it. What nobody is allowed below is refused. In the last column stands the scope
          that a key needs.
        </Text>
      </Panel>
      <TextInput
        aria-label="Find what somebody may"
        placeholder="Find: run, webhooks, DELETE, admin …"
        type="search"
        maw={480}
        value={given}
        onChange={(event) => setGiven(event.currentTarget.value)}
      />
      {groups.size === 0 ? (
        <EmptyState title={`Nothing matches “${given.trim()}”.`} text="Try one word, such as run or jobs." />
      ) : (
        [...groups].map(([tag, rows]) => (
          <Panel key={tag} title={tag}>
            <Matrix rows={rows} title={tag} />
          </Panel>
        ))
      )}
    </Page>
  );
}
