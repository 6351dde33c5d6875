import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Hook, Job } from 'job-trigger-contract';
import { useState } from 'react';
import { RotateDialog } from '../../components/rotate-dialog.tsx';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { HookSecret } from './hook-secret.tsx';

interface HookActsProps {
  readonly job: Job;
  readonly hook: Hook;
  /** Why the person may not; null when they may. */
  readonly refusal: string | null;
}

function useHookActs({ job, hook }: Pick<HookActsProps, 'job' | 'hook'>, close: () => void) {
  const client = useQueryClient();
  const params = { id: job.id, hook_id: hook.id };
  const onSuccess = (): void => void client.invalidateQueries({ queryKey: ['hooks', job.id] });
  return {
    toggle: useMutation({
      mutationFn: () => api.patchHook({ params, body: { active: !hook.active } }),
      onSuccess,
      onError: sayFailed,
    }),
    rotate: useMutation({ mutationFn: () => api.rotateHook({ params }), onSuccess, onError: sayFailed }),
    remove: useMutation({
      mutationFn: () => api.deleteHook({ params }),
      onSuccess: () => {
        sayDone(`Deleted ${hook.name}.`);
        close();
        onSuccess();
      },
      onError: sayFailed,
    }),
  };
}

/** What can be done with an incoming hook. */
export function HookActs({ job, hook, refusal }: HookActsProps) {
  const [asking, setAsking] = useState<'rotate' | 'delete' | null>(null);
  const { toggle, rotate, remove } = useHookActs({ job, hook }, () => setAsking(null));
  const may = { size: 'xs', variant: 'default', disabled: refusal !== null, title: refusal ?? undefined } as const;
  const close = (): void => {
    setAsking(null);
    rotate.reset();
  };
  return (
    <Group gap="xs">
      <Button {...may} loading={toggle.isPending} onClick={() => toggle.mutate()}>
        {hook.active ? 'Switch off' : 'Switch on'}
      </Button>
      <Button {...may} onClick={() => setAsking('rotate')}>
        New secret
      </Button>
      <Button {...may} onClick={() => setAsking('delete')}>
        Delete
      </Button>
      {asking === 'rotate' ? (
        <RotateDialog
          name={hook.name}
          text="Both are taken for 24 hours, so that the sender can change over without a message being refused."
          secret={rotate.data === undefined ? null : <HookSecret made={rotate.data} />}
          isPending={rotate.isPending}
          rotate={() => rotate.mutate()}
          close={close}
        />
      ) : null}
      <Modal opened={asking === 'delete'} onClose={close} title={`Delete ${hook.name}?`}>
        <Stack>
          <Text size="sm">Its address takes no more messages. Runs that it asked for stay.</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Keep it
            </Button>
            <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
              Delete hook
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Group>
  );
}
