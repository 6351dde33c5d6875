import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Run } from 'job-trigger-contract';
import { useState } from 'react';
import { isLive } from '../../lib/states.ts';
import { useMay } from './use-may.ts';
import { useRunActs } from './use-run-acts.ts';

/** Ask once, say what is lost, then cancel. */
export function CancelButton({ run, size = 'xs' }: { readonly run: Run; readonly size?: 'xs' | 'sm' }) {
  const [opened, { open, close }] = useDisclosure(false);
  const [note, setNote] = useState('');
  const { cancel } = useRunActs(run);
  const refused = useMay('operator');
  if (!isLive(run.state)) return null;
  const waits = run.state === 'queued';
  return (
    <>
      <Button
        size={size}
        variant="default"
        disabled={run.cancelling || refused !== null}
        title={refused ?? undefined}
        onClick={open}
        aria-label={`${run.cancelling ? 'Cancelling' : 'Cancel'} this run of ${run.job_name}`}
      >
        {run.cancelling ? 'Cancelling' : 'Cancel'}
      </Button>
      <Modal opened={opened} onClose={close} title={`Cancel this run of ${run.job_name}?`}>
        <Stack>
          <Text size="sm">
            {waits
              ? 'It has not started and will not start.'
              : 'Its processes are asked to stop, and are ended when they do not. What they did so far stays done.'}{' '}
            Nothing else is cancelled; the next instants of the job stay planned.
          </Text>
          <TextInput
            label="Why (kept with the run)"
            value={note}
            maxLength={500}
            onChange={(event) => setNote(event.currentTarget.value)}
            data-autofocus
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Let it go on
            </Button>
            <Button color="red" loading={cancel.isPending} onClick={() => cancel.mutate(note, { onSuccess: close })}>
              Cancel the run
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
