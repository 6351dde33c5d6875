import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ProblemError, type Webhook, type WebhookMade } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { api } from '../../lib/api.ts';
import { messageAt } from '../../lib/field-errors.ts';
import { fieldErrors } from '../../lib/problem.ts';
import { KindsField } from './kinds-field.tsx';
import { SecretOnce } from './secret-once.tsx';

interface WebhookDialogProps {
  /** Null to add one. */
  readonly webhook: Webhook | null;
  readonly onClose: () => void;
}

/** Adds an endpoint, and shows its secret once; or changes one. */
export function WebhookDialog({ webhook, onClose }: WebhookDialogProps) {
  const client = useQueryClient();
  const [name, setName] = useState(webhook?.name ?? '');
  const [url, setUrl] = useState(webhook?.url ?? '');
  const [kinds, setKinds] = useState<readonly string[] | null>(webhook?.kinds ?? null);
  const [made, setMade] = useState<WebhookMade | null>(null);
  const save = useMutation({
    mutationFn: async (): Promise<void> => {
      const body = { name, url, ...(kinds === null ? {} : { kinds: [...kinds] }) };
      if (webhook === null) setMade(await api.createWebhook({ body }));
      else {
        await api.patchWebhook({ params: { id: webhook.id }, body });
        onClose();
      }
    },
    onSuccess: () => void client.invalidateQueries({ queryKey: ['webhooks'] }),
  });
  const errors = save.error instanceof ProblemError ? fieldErrors(save.error.problem) : {};
  const isElsewhere = save.isError && Object.keys(errors).length === 0;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  if (made !== null)
    return (
      <Modal opened onClose={onClose} title={`${made.name} was added`} size="lg">
        <Stack>
          <SecretOnce made={made} />
          <Group justify="flex-end">
            <Button onClick={onClose}>I have it</Button>
          </Group>
        </Stack>
      </Modal>
    );
  return (
    <Modal opened onClose={onClose} title={webhook === null ? 'Add a webhook' : `Change ${webhook.name}`} size="lg">
      <form onSubmit={submit} noValidate>
        <Stack>
          {isElsewhere ? <ErrorPanel error={save.error} /> : null}
          <TextInput
            label="Name"
            required
            data-autofocus
            value={name}
            error={messageAt(errors, 'name')}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label="Address"
            description="Gets a signed POST for each event."
            placeholder="https://example.org/hooks/jobs"
            required
            type="url"
            value={url}
            error={messageAt(errors, 'url')}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
          <KindsField value={kinds} error={messageAt(errors, 'kinds')} change={setKinds} />
          <Group justify="space-between">
            <Text size="xs" c="dimmed">
              {webhook === null ? 'Its secret is shown in the next step.' : ''}
            </Text>
            <Group gap="xs">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={save.isPending} disabled={name.trim() === '' || url.trim() === ''}>
                {webhook === null ? 'Add webhook' : 'Save'}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
