import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Key, KeyMade } from 'job-trigger-contract';
import { useState } from 'react';
import { RotateDialog } from '../../components/rotate-dialog.tsx';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { KeyOnce } from './key-once.tsx';

/** What can be done with a key: a new one in its place by its owner, its end by an administrator too. */
export function KeyActs({ item }: { readonly item: Key }) {
  const { id, name, mine } = item;
  const client = useQueryClient();
  const [asking, setAsking] = useState<'rotate' | 'revoke' | null>(null);
  const [made, setMade] = useState<KeyMade | null>(null);
  const onSuccess = (): void => void client.invalidateQueries({ queryKey: ['keys'] });
  const rotate = useMutation({
    mutationFn: () => api.rotateKey({ params: { id }, body: {} }),
    onSuccess: (rotated) => {
      setMade(rotated);
      onSuccess();
    },
    onError: sayFailed,
  });
  const revoke = useMutation({
    mutationFn: () => api.revokeKey({ params: { id } }),
    onSuccess: () => {
      sayDone(`Revoked ${name}.`);
      setAsking(null);
      onSuccess();
    },
    onError: sayFailed,
  });
  const close = (): void => {
    setAsking(null);
    setMade(null);
  };
  return (
    <Group gap="xs">
      {mine ? (
        <Button size="xs" variant="default" aria-label={`New key for ${name}`} onClick={() => setAsking('rotate')}>
          Rotate
        </Button>
      ) : null}
      <Button size="xs" variant="default" aria-label={`Revoke ${name}`} onClick={() => setAsking('revoke')}>
        Revoke
      </Button>
      {asking === 'rotate' ? (
        <RotateDialog
          name={name}
          text="A new key of the same scopes, good for 90 days. The one before it is taken too for 24 hours."
          secret={made === null ? null : <KeyOnce made={made} />}
          isPending={rotate.isPending}
          rotate={() => rotate.mutate()}
          close={close}
        />
      ) : null}
      {asking === 'revoke' ? (
        <Modal opened onClose={close} title={`Revoke ${name}?`}>
          <Stack>
            <Text size="sm">It ends at once and cannot be brought back. What uses it is refused from then on.</Text>
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button color="red" loading={revoke.isPending} onClick={() => revoke.mutate()}>
                Revoke key
              </Button>
            </Group>
          </Stack>
        </Modal>
      ) : null}
    </Group>
  );
}
