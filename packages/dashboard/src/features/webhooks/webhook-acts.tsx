import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Webhook, WebhookMade } from 'job-trigger-contract';
import { useState } from 'react';
import { RotateDialog } from '../../components/rotate-dialog.tsx';
import { sayDone, sayFailed, sayTrouble } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { SecretOnce } from './secret-once.tsx';
import { WebhookDialog } from './webhook-dialog.tsx';

type Asking = 'change' | 'rotate' | 'delete' | null;

/** What can be done with an endpoint. */
export function WebhookActs({ webhook }: { readonly webhook: Webhook }) {
  const { id, name, active } = webhook;
  const params = { id };
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<Asking>(null);
  const [rotated, setRotated] = useState<WebhookMade | null>(null);
  const onSuccess = (): void => void client.invalidateQueries({ queryKey: ['webhooks'] });
  const test = useMutation({
    mutationFn: () => api.testWebhook({ params }),
    onSuccess: ({ state, tries }) => {
      const last = tries.at(-1);
      if (state === 'delivered') sayDone(`The test arrived: ${last?.status} in ${last?.took_seconds} s.`);
      else sayTrouble('The test did not arrive', last?.error ?? 'Nobody answered.');
      onSuccess();
    },
    onError: sayFailed,
  });
  const toggle = useMutation({
    mutationFn: () => api.patchWebhook({ params, body: { active: !active } }),
    onSuccess,
    onError: sayFailed,
  });
  const rotate = useMutation({
    mutationFn: () => api.rotateWebhook({ params }),
    onSuccess: (made) => {
      setRotated(made);
      onSuccess();
    },
    onError: sayFailed,
  });
  const remove = useMutation({
    mutationFn: () => api.deleteWebhook({ params }),
    onSuccess: () => {
      sayDone(`Deleted ${name}.`);
      onSuccess();
      void navigate({ to: '/admin/webhooks' });
    },
    onError: sayFailed,
  });
  const close = (): void => {
    setAsking(null);
    setRotated(null);
  };
  return (
    <>
      <Button loading={test.isPending} onClick={() => test.mutate()}>
        Send a test
      </Button>
      <Button variant="default" loading={toggle.isPending} onClick={() => toggle.mutate()}>
        {active ? 'Switch off' : 'Switch on'}
      </Button>
      <Button variant="default" onClick={() => setAsking('change')}>
        Change
      </Button>
      <Button variant="default" onClick={() => setAsking('rotate')}>
        New secret
      </Button>
      <Button variant="default" onClick={() => setAsking('delete')}>
        Delete
      </Button>
      {asking === 'change' ? <WebhookDialog webhook={webhook} onClose={close} /> : null}
      {asking === 'rotate' ? (
        <RotateDialog
          name={name}
          text="Messages are signed with both secrets for 24 hours, so that the receiver can change over without a gap."
          secret={rotated === null ? null : <SecretOnce made={rotated} />}
          isPending={rotate.isPending}
          rotate={() => rotate.mutate()}
          close={close}
        />
      ) : null}
      <Modal opened={asking === 'delete'} onClose={close} title={`Delete ${name}?`}>
        <Stack>
          <Text size="sm">What waits for it is not sent any more, and the record of its deliveries goes too.</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Keep it
            </Button>
            <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
              Delete webhook
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
