import { Badge, Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { User } from 'job-trigger-contract';
import { useState } from 'react';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { Rows, type RowColumn } from '../components/rows.tsx';
import { When } from '../components/when.tsx';
import { InvitationList } from '../features/people/invitation-list.tsx';
import { InviteDialog } from '../features/people/invite-dialog.tsx';
import { UserActs } from '../features/people/user-acts.tsx';
import { useSession } from '../features/people/use-session.ts';
import { api } from '../lib/api.ts';

function factorsText({ one_time_codes: codes, passkeys }: User['second_factors']): string {
  const counted = passkeys === 1 ? 'a passkey' : `${passkeys} passkeys`;
  const all = [...(codes ? ['codes'] : []), ...(passkeys === 0 ? [] : [counted])];
  return all.length === 0 ? 'none' : all.join(', ');
}

const columns = (ownId: string | undefined): readonly RowColumn<User>[] => [
  {
    title: 'Name',
    cell: ({ id, name, email }) => (
      <>
        <span className="jtp-cell-name">
          {name}
          {id === ownId ? ' (you)' : ''}
        </span>
        <Text size="sm" c="dimmed" className="jtp-break">
          {email}
        </Text>
      </>
    ),
  },
  { title: 'Role', cell: ({ role, approver }) => (approver ? `${role}, approver` : role) },
  {
    title: 'State',
    cell: ({ active }) => (
      <Badge variant="default" tt="none">
        {active ? 'may sign in' : 'shut out'}
      </Badge>
    ),
  },
  { title: 'Second factor', cell: ({ second_factors }) => factorsText(second_factors) },
  { title: 'Last seen', cell: ({ last_seen_at }) => <When at={last_seen_at} none="never" /> },
  { title: 'Since', cell: ({ created_at }) => <When at={created_at} /> },
  { title: 'Act', cell: (user) => <UserActs user={user} /> },
];

/** People with an account, and those who are invited. */
export function UsersPage() {
  const [isInviting, setInviting] = useState(false);
  const ownId = useSession().data?.person?.id;
  const users = useQuery({ queryKey: ['users'], queryFn: () => api.listUsers(), refetchInterval: 30_000 });
  const invitations = useQuery({
    queryKey: ['invitations'],
    queryFn: () => api.listInvitations(),
    refetchInterval: 30_000,
  });
  const invite = <Button onClick={() => setInviting(true)}>Invite somebody</Button>;
  return (
    <Page title="Users" acts={invite}>
      <Panel title="People">
        <Loaded query={users}>
          {({ items }) => <Rows label="People" items={items} keyOf={({ id }) => id} columns={columns(ownId)} />}
        </Loaded>
      </Panel>
      <Panel title="Invitations">
        <Loaded query={invitations}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState
                title="Nobody is invited."
                text="An invitation is a link that works once. Whoever has it chooses a name and a password."
              />
            ) : (
              <InvitationList items={items} />
            )
          }
        </Loaded>
      </Panel>
      <Group>
        <Text size="sm" c="dimmed">
          Changes count at once. What each role may: <Link to="/admin/roles">Roles</Link>
        </Text>
      </Group>
      {isInviting ? <InviteDialog onClose={() => setInviting(false)} /> : null}
    </Page>
  );
}
