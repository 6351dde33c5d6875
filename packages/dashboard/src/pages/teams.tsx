import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { Rows } from '../components/rows.tsx';
import { TeamActs } from '../features/sharing/team-acts.tsx';
import { TeamDialog } from '../features/sharing/team-dialog.tsx';
import { api } from '../lib/api.ts';

/** People with whom jobs are shared as one. */
export function TeamsPage() {
  const [isAdding, setAdding] = useState(false);
  const query = useQuery({ queryKey: ['teams'], queryFn: () => api.listTeams() });
  const add = <Button onClick={() => setAdding(true)}>Add team</Button>;
  return (
    <Page title="Teams" acts={query.data?.items.length === 0 ? undefined : add}>
      <Panel title="Teams">
        <Loaded query={query}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState
                title="No team yet"
                text="A team is a name for several people: what is shared with it is shared with each of them."
              >
                {add}
              </EmptyState>
            ) : (
              <Rows
                label="Teams"
                items={items}
                keyOf={({ id }) => id}
                columns={[
                  { title: 'Name', cell: ({ name }) => <span className="jtp-cell-name">{name}</span> },
                  { title: 'People', cell: ({ member_count: count }) => count },
                  {
                    title: 'Members',
                    cell: ({ members }) => (
                      <span className="jtp-break">
                        {members.length === 0 ? '—' : members.map(({ name }) => name).join(', ')}
                      </span>
                    ),
                  },
                  { title: 'Acts', cell: (team) => <TeamActs team={team} /> },
                ]}
              />
            )
          }
        </Loaded>
      </Panel>
      <Text size="sm" c="dimmed">
        Jobs are shared on their own pages, under Sharing. What a person may do is the lesser of their role and of what
        is shared with them.
      </Text>
      {isAdding ? <TeamDialog team={null} onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}
