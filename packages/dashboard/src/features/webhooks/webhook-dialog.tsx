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

interface WebhookDraft {
  readonly name: string;
  readonly url: string;
  /** Null until somebody chooses. */
  readonly kinds: readonly string[] | null;
}

interface WebhookFormProps extends WebhookDialogProps {
  readonly tell: (made: WebhookMade) => void;
}

const draftOf = (webhook: Webhook | null): WebhookDraft => webhook ?? { name: '', url: '', kinds: null };

function useSave(draft: WebhookDraft, { webhook, onClose, tell }: WebhookFormProps) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (): Promise<void> => {
      const { name, url, kinds } = draft;
      const body = { name, url, ...(kinds === null ? {} : { kinds: [...kinds] }) };
      if (webhook === null) tell(await api.createWebhook({ body }));
      else {
        await api.patchWebhook({ params: { id: webhook.id }, body });
        onClose();
      }
    },
    onSuccess: () => void client.invalidateQueries({ queryKey: ['webhooks'] }),
  });
}

function WebhookForm(props: WebhookFormProps) {
  const { webhook, onClose } = props;
  const [draft, setDraft] = useState(() => draftOf(webhook));
  const save = useSave(draft, props);
  const errors = save.error instanceof ProblemError ? fieldErrors(save.error.problem) : {};
  const isElsewhere = save.isError && Object.keys(errors).length === 0;
  const set = (changes: Partial<WebhookDraft>): void => setDraft({ ...draft, ...changes });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {isElsewhere ? <ErrorPanel error={save.error} /> : null}
        <TextInput
          label="Name"
          required
          data-autofocus
          value={draft.name}
          error={messageAt(errors, 'name')}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <TextInput
          label="Address"
          description="Gets a signed POST for each event."
          placeholder="https://example.org/hooks/jobs"
          required
          type="url"
          value={draft.url}
          error={messageAt(errors, 'url')}
          onChange={(event) => set({ url: event.currentTarget.value })}
        />
        <KindsField value={draft.kinds} error={messageAt(errors, 'kinds')} change={(kinds) => set({ kinds })} />
        <Group justify="space-between">
          <Text size="xs" c="dimmed">
            {webhook === null ? 'Its secret is shown in the next step.' : ''}
          </Text>
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={save.isPending}
              disabled={draft.name.trim() === '' || draft.url.trim() === ''}
            >
              {webhook === null ? 'Add webhook' : 'Save'}
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

/** Adds an endpoint, and shows its secret once; or changes one. */
export function WebhookDialog({ webhook, onClose }: WebhookDialogProps) {
  const [made, setMade] = useState<WebhookMade | null>(null);
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
      <WebhookForm webhook={webhook} onClose={onClose} tell={setMade} />
    </Modal>
  );
}
