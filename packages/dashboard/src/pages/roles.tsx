import { ScrollArea, Table, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconMinus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Right } from 'job-trigger-contract';
import { useDeferredValue, useState } from 'react';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { approverWords, roleNames, roleWords } from '../features/people/role-words.ts';
import { api } from '../lib/api.ts';

function isFound({ summary, path, method, tag, roles: [least] }: Right, text: string): boolean {
  const row = `${summary} ${method} ${path} ${tag} ${least ?? ''}`.toLowerCase();
  return text.split(/\s+/).every((word) => row.includes(word));
}

const scopeText = ({ in_person, open, scope }: Right): string => (in_person ? 'none' : open ? 'any' : (scope ?? ''));

function Allowed({ right, role }: { readonly right: Right; readonly role: Right['roles'][number] }) {
  const may = right.roles.includes(role);
  if (!may && right.approver) return <Text size="xs">approver</Text>;
  const Shape = may ? IconCheck : IconMinus;
  return (
    <>
      <Shape size={18} aria-hidden="true" opacity={may ? 1 : 0.4} />
      <VisuallyHidden>{may ? 'yes' : 'no'}</VisuallyHidden>
    </>
  );
}

function Matrix({ rows, title }: { readonly rows: readonly Right[]; readonly title: string }) {
  return (
    <ScrollArea type="auto" viewportProps={{ tabIndex: 0, 'aria-label': `Who may: ${title}`, role: 'region' }}>
      <Table aria-label={title} verticalSpacing={6} miw={620} layout="fixed">
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
          {rows.map((right) => (
            <Table.Tr key={`${right.method} ${right.path}`}>
              <Table.Th scope="row" fw={400}>
                {right.summary}
                <Text size="xs" c="dimmed" className="jtp-break" ff="monospace">
                  {right.method} {right.path}
                </Text>
              </Table.Th>
              {roleNames.map((role) => (
                <Table.Td key={role}>
                  <Allowed right={right} role={role} />
                </Table.Td>
              ))}
              <Table.Td>{scopeText(right)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  );
}

function Found({ items, text }: { readonly items: readonly Right[]; readonly text: string }) {
  const found = items.filter((right) => isFound(right, text));
  if (found.length === 0)
    return <EmptyState title={`Nothing matches “${text}”.`} text="Try fewer words, such as run or webhook." />;
  return [...Map.groupBy(found, ({ tag }) => tag)].map(([tag, rows]) => (
    <Panel key={tag} title={tag}>
      <Matrix rows={rows} title={tag} />
    </Panel>
  ));
}

/** The published matrix: what each role, and a key of each scope, may. It is the table that the server asks. */
export function RolesPage() {
  const [given, setGiven] = useState('');
  const text = useDeferredValue(given.trim().toLowerCase());
  const query = useQuery({ queryKey: ['roles'], queryFn: () => api.listRoles(), staleTime: Infinity });
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
            <strong>approver</strong>: {approverWords}
          </li>
        </ul>
        <Text size="sm" c="dimmed" mt="xs">
          Each role holds the one before it. The last column names the scope that a key needs.
        </Text>
      </Panel>
      <TextInput
        aria-label="Find what somebody may"
        placeholder="Find: run, webhooks, delete, admin …"
        type="search"
        maw={480}
        value={given}
        onChange={(event) => setGiven(event.currentTarget.value)}
      />
      <Loaded query={query}>{({ items }) => <Found items={items} text={text} />}</Loaded>
    </Page>
  );
}
