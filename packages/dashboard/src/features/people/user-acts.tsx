import { Button, Group, Menu, Modal, Stack, Text } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { User } from 'job-trigger-contract';
import { useState } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { EraseDialog } from './erase-dialog.tsx';
import { RightsFields, type Rights } from './rights-fields.tsx';
import { saveExport } from './save-export.ts';

type Asking = 'rights' | 'disable' | 'delete' | 'erase' | null;

function RightsDialog({ user, onClose }: { readonly user: User; readonly onClose: () => void }) {
  const client = useQueryClient();
  const [rights, setRights] = useState<Rights>({ role: user.role, approver: user.approver });
  const save = useMutation({
    mutationFn: () => api.patchUser({ params: { id: user.id }, body: rights }),
    onSuccess: () => {
      sayDone(`${user.name} is ${rights.role}${rights.approver ? ' and approver' : ''}. It counts at once.`);
      void client.invalidateQueries({ queryKey: ['users'] });
      void client.invalidateQueries({ queryKey: ['session'] });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={`Rights of ${user.name}`}>
      <Stack>
        {save.isError ? <ErrorPanel error={save.error} /> : null}
        <RightsFields rights={rights} change={setRights} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button loading={save.isPending} onClick={() => save.mutate()}>
            Save
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

const questions = {
  disable: {
    title: (name: string) => `Shut ${name} out?`,
    text: 'Sign-ins end at once, and keys are refused. Jobs and their schedules go on. You can let them in again.',
    verb: 'Shut out',
  },
  delete: {
    title: (name: string) => `Delete the account of ${name}?`,
    text: 'Sign-ins and keys end at once and cannot be brought back. Jobs and their schedules go on without an owner.',
    verb: 'Delete account',
  },
} as const;

function AskDialog({
  user,
  act,
  onClose,
}: {
  readonly user: User;
  readonly act: 'disable' | 'delete';
  readonly onClose: () => void;
}) {
  const client = useQueryClient();
  const { title, text, verb } = questions[act];
  const carryOut = useMutation({
    mutationFn: async () => {
      const params = { id: user.id };
      if (act === 'disable') {
        await api.patchUser({ params, body: { active: false } });
        return `${user.name} is shut out.`;
      }
      const { jobs } = await api.deleteUser({ params });
      return jobs === 0 ? `Deleted ${user.name}.` : `Deleted ${user.name}. Jobs without an owner now: ${jobs}.`;
    },
    onSuccess: (said) => {
      sayDone(said);
      void client.invalidateQueries({ queryKey: ['users'] });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={title(user.name)}>
      <Stack>
        {carryOut.isError ? <ErrorPanel error={carryOut.error} /> : <Text size="sm">{text}</Text>}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {carryOut.isError ? 'Close' : 'Cancel'}
          </Button>
          {carryOut.isError ? null : (
            <Button color="red" loading={carryOut.isPending} onClick={() => carryOut.mutate()}>
              {verb}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

/** What an administrator can do with an account. */
export function UserActs({ user }: { readonly user: User }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState<Asking>(null);
  const close = (): void => setAsking(null);
  const enable = useMutation({
    mutationFn: () => api.patchUser({ params: { id: user.id }, body: { active: true } }),
    onSuccess: () => {
      sayDone(`${user.name} may sign in again.`);
      void client.invalidateQueries({ queryKey: ['users'] });
    },
    onError: sayFailed,
  });
  const endSignIns = useMutation({
    mutationFn: () => api.endSignIns({ params: { id: user.id } }),
    onSuccess: ({ ended }) => {
      sayDone(`${user.name} is signed out: sign-ins that ended: ${ended}.`);
      void client.invalidateQueries({ queryKey: ['session'] });
    },
    onError: sayFailed,
  });
  const hand = useMutation({ mutationFn: () => saveExport(user), onError: sayFailed });
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            size="xs"
            variant="default"
            aria-label={`Change ${user.name}`}
            rightSection={<IconChevronDown size={14} aria-hidden="true" />}
          >
            Change
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setAsking('rights')}>Role …</Menu.Item>
          <Menu.Item onClick={() => endSignIns.mutate()}>End all sign-ins</Menu.Item>
          {user.active ? (
            <Menu.Item onClick={() => setAsking('disable')}>Shut out …</Menu.Item>
          ) : (
            <Menu.Item onClick={() => enable.mutate()}>Let in again</Menu.Item>
          )}
          <Menu.Item onClick={() => hand.mutate()}>Save all that names them</Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" onClick={() => setAsking('delete')}>
            Delete account …
          </Menu.Item>
          <Menu.Item color="red" onClick={() => setAsking('erase')}>
            Erase person …
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {asking === 'rights' ? <RightsDialog user={user} onClose={close} /> : null}
      {asking === 'erase' ? <EraseDialog user={user} onClose={close} /> : null}
      {asking === 'disable' || asking === 'delete' ? <AskDialog user={user} act={asking} onClose={close} /> : null}
    </>
  );
}
