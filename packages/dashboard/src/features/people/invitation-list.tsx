import { Button, Group } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Invitation } from 'job-trigger-contract';
import { useState } from 'react';
import { Rows } from '../../components/rows.tsx';
import { sayDone, sayFailed } from '../../components/say.ts';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { InviteDialog } from './invite-dialog.tsx';

/** Who is invited and has not come yet. */
export function InvitationList({ items }: { readonly items: readonly Invitation[] }) {
  const client = useQueryClient();
  const [again, setAgain] = useState<string | null>(null);
  const withdraw = useMutation({
    mutationFn: ({ id }: Invitation) => api.withdrawInvitation({ params: { id } }),
    onSuccess: (_, { email }) => {
      sayDone(`The invitation of ${email} is withdrawn.`);
      void client.invalidateQueries({ queryKey: ['invitations'] });
    },
    onError: sayFailed,
  });
  return (
    <>
      <Rows
        label="Invitations"
        items={items}
        keyOf={({ id }) => id}
        columns={[
          { title: 'E-mail', cell: ({ email }) => <span className="jtp-cell-name jtp-break">{email}</span> },
          { title: 'Role', cell: ({ role, approver }) => (approver ? `${role}, approver` : role) },
          { title: 'Invited by', cell: ({ invited_by }) => invited_by },
          { title: 'Good until', cell: ({ expires_at }) => <When at={expires_at} planned /> },
          {
            title: 'Act',
            cell: (invitation) => (
              <Group gap="xs">
                <Button
                  size="xs"
                  variant="default"
                  aria-label={`New link for ${invitation.email}`}
                  onClick={() => setAgain(invitation.email)}
                >
                  New link
                </Button>
                <Button
                  size="xs"
                  variant="default"
                  aria-label={`Withdraw the invitation of ${invitation.email}`}
                  onClick={() => withdraw.mutate(invitation)}
                >
                  Withdraw
                </Button>
              </Group>
            ),
          },
        ]}
      />
      {again === null ? null : <InviteDialog email={again} onClose={() => setAgain(null)} />}
    </>
  );
}
