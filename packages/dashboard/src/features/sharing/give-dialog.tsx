import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { ProblemError, type Job } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { messageAt } from '../../lib/field-errors.ts';
import { fieldErrors } from '../../lib/problem.ts';
import { useSession } from '../people/use-session.ts';
import { useShareActs } from './use-share-acts.ts';

/** Gives a job to another owner. */
export function GiveDialog({ job, onClose }: { readonly job: Job; readonly onClose: () => void }) {
  const { give } = useShareActs(job.id);
  const navigate = useNavigate();
  const role = useSession().data?.person?.role;
  const [email, setEmail] = useState('');
  const errors = give.error instanceof ProblemError ? fieldErrors(give.error.problem) : {};
  const given = (): void => {
    onClose();
    // It may be nothing of theirs any more.
    if (role !== 'admin') void navigate({ to: '/jobs' });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    give.mutate({ owner: email.trim() }, { onSuccess: given });
  };
  return (
    <Modal opened onClose={onClose} title={`Give ${job.name} away`}>
      <form onSubmit={submit} noValidate>
        <Stack>
          {give.isError && Object.keys(errors).length === 0 ? <ErrorPanel error={give.error} /> : null}
          <Text size="sm">
            Its new owner sees, runs, edits and shares it. Whom it is shared with stays; you keep what is shared with
            you.
          </Text>
          <TextInput
            label="E-mail address of the new owner"
            type="email"
            required
            data-autofocus
            value={email}
            error={messageAt(errors, 'owner')}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Keep it
            </Button>
            <Button type="submit" loading={give.isPending} disabled={!email.includes('@')}>
              Give away
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
