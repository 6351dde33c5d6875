import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Monitor } from 'job-trigger-contract';
import { sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { useMay } from '../runs/use-may.ts';
import { PingLine } from './ping-line.tsx';

/** Gives a monitor another address, where somebody has seen the one before; shows the line that goes with it. */
export function RenewMonitor({ monitor: { id, name } }: { readonly monitor: Pick<Monitor, 'id' | 'name'> }) {
  const [opened, dialog] = useDisclosure(false);
  const refusal = useMay('editor');
  const client = useQueryClient();
  const renew = useMutation({
    mutationFn: () => api.renewMonitor({ params: { id } }),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['monitors'] }),
    onError: sayFailed,
  });
  const close = (): void => {
    dialog.close();
    renew.reset();
  };
  return (
    <>
      <Button variant="default" disabled={refusal !== null} title={refusal ?? undefined} onClick={dialog.open}>
        New address
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={renew.isSuccess ? `${name} has a new address` : `New address for ${name}?`}
        size="lg"
      >
        {renew.isSuccess ? (
          <Stack>
            <PingLine monitor={renew.data} />
            <Group justify="flex-end">
              <Button onClick={close}>Done</Button>
            </Group>
          </Stack>
        ) : (
          <Stack>
            <Text size="sm">
              The address in use takes no more pings at once. Until the crontab has the new one, the monitor hears
              nothing.
            </Text>
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Keep it
              </Button>
              <Button loading={renew.isPending} onClick={() => renew.mutate()}>
                Renew address
              </Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </>
  );
}
