import { Alert, Button, Checkbox, Group, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ProblemError, type InvitationMade, type Person } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { CopyButton } from '../../components/copy-text.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { messageAt } from '../../lib/field-errors.ts';
import { fieldErrors } from '../../lib/problem.ts';
import { roleNames, roleWords } from './role-words.ts';

/** The link, while it can be seen. */
function LinkOnce({ made }: { readonly made: InvitationMade }) {
  const link = `${window.location.origin}${made.path}`;
  return (
    <Alert variant="outline" title="The link is shown only now">
      <Stack gap="xs">
        <Text size="sm" className="jtp-break" ff="monospace">
          {link}
        </Text>
        <div>
          <CopyButton text={link} label="Copy the link" />
        </div>
        <Text size="sm">
          Send it to {made.email}. It works once, until <When at={made.expires_at} planned />. Whoever has it can make
          the account.
        </Text>
      </Stack>
    </Alert>
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
  const [role, setRole] = useState<Person['role']>('viewer');
  const [approver, setApprover] = useState(false);
  const invite = useMutation({
    mutationFn: () => api.invite({ body: { email, role, approver } }),
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
        <NativeSelect
          label="Role"
          description={roleWords[role]}
          data={[...roleNames]}
          value={role}
          onChange={(event) => setRole(event.currentTarget.value as Person['role'])}
        />
        <Checkbox
          label="Approver"
          description="May approve scripts, besides what the role allows."
          checked={approver}
          onChange={(event) => setApprover(event.currentTarget.checked)}
        />
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
