import { Button, Group, Modal, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Passkey, SignInMethods } from 'job-trigger-contract';
import { useState, type FormEvent, type ReactNode } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Rows } from '../../components/rows.tsx';
import { sayDone } from '../../components/say.ts';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { hasPasskeys, makePasskey } from './passkey.ts';
import { programOf } from './program-of.ts';

const known = 'By which you know it again.';

interface NameDialogProps {
  readonly title: string;
  readonly verb: string;
  readonly description: string;
  readonly name: string;
  readonly setName: (name: string) => void;
  readonly act: { readonly isError: boolean; readonly error: unknown; readonly isPending: boolean; mutate(): void };
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

/** Asks for the name of a passkey. */
function NameDialog({ title, verb, description, name, setName, act, onClose, children }: NameDialogProps) {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    act.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={title}>
      <form onSubmit={submit}>
        <Stack>
          {act.isError ? <ErrorPanel error={act.error} /> : null}
          {children}
          <TextInput
            label="Name"
            description={description}
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={act.isPending} disabled={name.trim() === ''}>
              {verb}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function AddDialog({ onClose, onDone }: { readonly onClose: () => void; readonly onDone: () => void }) {
  const [name, setName] = useState(programOf(window.navigator.userAgent));
  const add = useMutation({
    mutationFn: async () => {
      const made = await makePasskey(await api.passkeyOptions());
      return api.addPasskey({ body: { name, ...made } });
    },
    onSuccess: (passkey) => {
      sayDone(`Added the passkey ${passkey.name}.`);
      onDone();
    },
  });
  return (
    <NameDialog title="Add a passkey" verb="Go on" description={known} {...{ name, setName, onClose }} act={add}>
      <Text size="sm">
        Your device or password manager keeps it and checks that it is you. It comes in without password and code.
      </Text>
    </NameDialog>
  );
}

function RenameDialog({
  passkey,
  onClose,
  onDone,
}: {
  readonly passkey: Passkey;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const [name, setName] = useState(passkey.name);
  const rename = useMutation({
    mutationFn: () => api.renamePasskey({ params: { id: passkey.id }, body: { name } }),
    onSuccess: (renamed) => {
      sayDone(`The passkey is called ${renamed.name} now.`);
      onDone();
    },
  });
  return (
    <NameDialog
      title={`Rename ${passkey.name}`}
      verb="Rename"
      description={`${known} Your device goes on showing the one it has.`}
      {...{ name, setName, onClose }}
      act={rename}
    />
  );
}

function RemoveDialog({
  passkey,
  onClose,
  onDone,
}: {
  readonly passkey: Passkey;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const remove = useMutation({
    mutationFn: () => api.removePasskey({ params: { id: passkey.id } }),
    onSuccess: () => {
      sayDone(`Removed the passkey ${passkey.name}.`);
      onDone();
    },
  });
  return (
    <Modal opened onClose={onClose} title={`Remove ${passkey.name}?`}>
      <Stack>
        {remove.isError ? <ErrorPanel error={remove.error} /> : null}
        <Text size="sm">
          It does not come in any more. Your device goes on keeping it until you remove it there too.
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            Remove passkey
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

type Asking = { readonly act: 'add' } | { readonly act: 'rename' | 'remove'; readonly passkey: Passkey };

function Dialog({
  asking,
  ...how
}: {
  readonly asking: Asking;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  if (asking.act === 'add') return <AddDialog {...how} />;
  const Act = asking.act === 'rename' ? RenameDialog : RemoveDialog;
  return <Act passkey={asking.passkey} {...how} />;
}

/** Passkeys of whoever is signed in. */
export function PasskeysPart({
  passkeys,
  refused,
}: {
  readonly passkeys: SignInMethods['passkeys'];
  readonly refused: string | null;
}) {
  const client = useQueryClient();
  const [asking, setAsking] = useState<Asking | null>(null);
  const close = (): void => setAsking(null);
  const done = (): void => {
    close();
    void client.invalidateQueries({ queryKey: ['sign-in-methods'] });
  };
  const why = refused ?? (hasPasskeys() ? null : 'This browser knows no passkeys at this address: they need HTTPS.');
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        Passkeys
      </Title>
      {passkeys.length === 0 ? (
        <Text size="sm">None. A passkey signs in without password and code, and cannot be given to a false page.</Text>
      ) : (
        <Rows
          label="Passkeys"
          items={passkeys}
          keyOf={({ id }) => id}
          columns={[
            { title: 'Name', cell: ({ name }) => <span className="jtp-cell-name jtp-break">{name}</span> },
            { title: 'Since', cell: ({ created_at }) => <When at={created_at} /> },
            { title: 'Last used', cell: ({ last_used_at }) => <When at={last_used_at} none="never" /> },
            {
              title: 'Act',
              cell: (passkey) => (
                <Group gap="xs">
                  <Button
                    size="xs"
                    variant="default"
                    aria-label={`Rename ${passkey.name}`}
                    onClick={() => setAsking({ act: 'rename', passkey })}
                  >
                    Rename
                  </Button>
                  <Button
                    size="xs"
                    variant="default"
                    aria-label={`Remove ${passkey.name}`}
                    onClick={() => setAsking({ act: 'remove', passkey })}
                  >
                    Remove
                  </Button>
                </Group>
              ),
            },
          ]}
        />
      )}
      {why === null ? null : (
        <Text size="sm" c="dimmed">
          {why}
        </Text>
      )}
      <Group>
        <Button variant="default" disabled={why !== null} onClick={() => setAsking({ act: 'add' })}>
          Add a passkey
        </Button>
      </Group>
      {asking === null ? null : <Dialog asking={asking} onClose={close} onDone={done} />}
    </Stack>
  );
}
