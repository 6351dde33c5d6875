import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ProblemError, type InvitationMade } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { ShownOnce } from '../../components/shown-once.tsx';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { messageAt } from '../../lib/field-errors.ts';
import { fieldErrors } from '../../lib/problem.ts';
import { RightsFields, type Rights } from './rights-fields.tsx';
import { portalAddress } from '../../lib/base.ts';

/** The link, while it can be seen. */
function LinkOnce({ made }: { readonly made: InvitationMade }) {
  return (
    <ShownOnce what="link" value={`${portalAddress()}${made.path}`}>
      <Text size="sm">
        Send it to {made.email}. It works once, until <When at={made.expires_at} planned />. Whoever has it can make the
        account.
      </Text>
    </ShownOnce>
  );
}

function InviteForm({
  email: given,
  onClose,
  tell,
}: {
  readonly email: string;
  readonly onClose: () => void;
  readonly tell: (made: InvitationMade) => void;
}) {
  const client = useQueryClient();
  const [email, setEmail] = useState(given);
  const [rights, setRights] = useState<Rights>({ role: 'viewer', approver: false });
  const invite = useMutation({
    mutationFn: () => api.invite({ body: { email, ...rights } }),
    onSuccess: (made) => {
      tell(made);
      void client.invalidateQueries({ queryKey: ['invitations'] });
    },
  });
  const errors = invite.error instanceof ProblemError ? fieldErrors(invite.error.problem) : {};
  const isElsewhere = invite.isError && Object.keys(errors).length === 0;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    invite.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {isElsewhere ? <ErrorPanel error={invite.error} /> : null}
        <TextInput
          label="E-mail"
          type="email"
          required
          data-autofocus
          value={email}
          error={messageAt(errors, 'email')}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <RightsFields rights={rights} change={setRights} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={invite.isPending} disabled={email.trim() === ''}>
            Make a link
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Invites somebody, and shows the link once. */
export function InviteDialog({ email = '', onClose }: { readonly email?: string; readonly onClose: () => void }) {
  const [made, setMade] = useState<InvitationMade | null>(null);
  return (
    <Modal opened onClose={onClose} title={made === null ? 'Invite somebody' : `${made.email} is invited`} size="lg">
      {made === null ? (
        <InviteForm email={email} onClose={onClose} tell={setMade} />
      ) : (
        <Stack>
          <LinkOnce made={made} />
          <Group justify="flex-end">
            <Button onClick={onClose}>I have it</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
