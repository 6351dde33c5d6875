import { Button, Group, Menu, Modal, Stack, Text } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { User } from 'job-trigger-contract';
import { useState } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { EraseDialog } from './erase-dialog.tsx';
import { QuotaList } from './quota-list.tsx';
import { ThresholdsDialog } from './thresholds-dialog.tsx';
import { RightsFields, type Rights } from './rights-fields.tsx';
import { saveExport } from './save-export.ts';
import { ViewItem } from './view-item.tsx';

type Asking = 'rights' | 'disable' | 'delete' | 'endSignIns' | 'clear' | 'erase' | 'thresholds' | 'quota' | null;

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
  endSignIns: {
    title: (name: string) => `End all sign-ins of ${name}?`,
    text: 'Every browser and device is signed out at once, and what is not saved there is lost. Keys go on.',
    verb: 'End all sign-ins',
    carryOut: async ({ id, name }: User) => {
      const { ended } = await api.endSignIns({ params: { id } });
      return `${name} is signed out: sign-ins that ended: ${ended}.`;
    },
  },
  clear: {
    title: (name: string) => `Clear the second factor of ${name}?`,
    text: 'One-time codes, recovery codes and passkeys are gone, and the password alone comes in. For somebody who has lost them; make sure that it is them who asks.',
    verb: 'Clear second factor',
    carryOut: async ({ id, name }: User) => {
      await api.clearSecondFactors({ params: { id } });
      return `${name} signs in by the password alone.`;
    },
  },
  disable: {
    title: (name: string) => `Shut ${name} out?`,
    text: 'Sign-ins end at once, and keys are refused. Jobs and their schedules go on. You can let them in again.',
    verb: 'Shut out',
    carryOut: async ({ id, name }: User) => {
      await api.patchUser({ params: { id }, body: { active: false } });
      return `${name} is shut out.`;
    },
  },
  delete: {
    title: (name: string) => `Delete the account of ${name}?`,
    text: 'Sign-ins and keys end at once and cannot be brought back. Jobs and their schedules go on without an owner.',
    verb: 'Delete account',
    carryOut: async ({ id, name }: User) => {
      const { jobs } = await api.deleteUser({ params: { id } });
      return jobs === 0 ? `Deleted ${name}.` : `Deleted ${name}. Jobs without an owner now: ${jobs}.`;
    },
  },
} as const;

function AskDialog({
  user,
  act,
  onClose,
}: {
  readonly user: User;
  readonly act: keyof typeof questions;
  readonly onClose: () => void;
}) {
  const client = useQueryClient();
  const { title, text, verb, carryOut: ask } = questions[act];
  const carryOut = useMutation({
    mutationFn: () => ask(user),
    onSuccess: (said) => {
      sayDone(said);
      void client.invalidateQueries({ queryKey: ['users'] });
      void client.invalidateQueries({ queryKey: ['session'] });
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

function Dialog({
  user,
  asking,
  onClose,
}: {
  readonly user: User;
  readonly asking: Asking;
  readonly onClose: () => void;
}) {
  if (asking === null) return null;
  if (asking === 'rights') return <RightsDialog user={user} onClose={onClose} />;
  if (asking === 'erase') return <EraseDialog user={user} onClose={onClose} />;
  if (asking === 'thresholds') return <ThresholdsDialog user={user} onClose={onClose} />;
  if (asking !== 'quota') return <AskDialog user={user} act={asking} onClose={onClose} />;
  return (
    <Modal opened onClose={onClose} title={`What ${user.name} holds`} size="lg">
      <QuotaList personId={user.id} />
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
          <Menu.Item onClick={() => setAsking('thresholds')}>Failure thresholds …</Menu.Item>
          <Menu.Item onClick={() => setAsking('endSignIns')}>End all sign-ins …</Menu.Item>
          {user.second_factors.one_time_codes || user.second_factors.passkeys > 0 ? (
            <Menu.Item onClick={() => setAsking('clear')}>Clear second factor …</Menu.Item>
          ) : null}
          {user.active ? (
            <Menu.Item onClick={() => setAsking('disable')}>Shut out …</Menu.Item>
          ) : (
            <Menu.Item onClick={() => enable.mutate()}>Let in again</Menu.Item>
          )}
          <ViewItem user={user} />
          <Menu.Item onClick={() => setAsking('quota')}>What they hold …</Menu.Item>
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
      <Dialog user={user} asking={asking} onClose={close} />
    </>
  );
}
