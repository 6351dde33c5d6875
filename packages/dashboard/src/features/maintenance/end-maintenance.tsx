import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Maintenance } from 'job-trigger-contract';
import { useMay } from '../runs/use-may.ts';
import { useEndMaintenance } from './use-maintenance.ts';
import { resumeWords } from './words.ts';

/** Ends a window, or calls one off, after saying what follows. */
export function EndMaintenance({ window }: { readonly window: Maintenance }) {
  const [opened, dialog] = useDisclosure(false);
  const refusal = useMay('operator');
  const end = useEndMaintenance();
  const isOn = window.state === 'active';
  return (
    <>
      <Button
        size="xs"
        variant="default"
        disabled={refusal !== null}
        title={refusal ?? undefined}
        onClick={dialog.open}
      >
        {isOn ? 'End it' : 'Call it off'}
      </Button>
      <Modal opened={opened} onClose={dialog.close} title={isOn ? 'End maintenance' : 'Call maintenance off'}>
        <Stack>
          <Text size="sm">
            {window.scope_text}. {isOn ? resumeWords[window.resume].after : 'It has not begun: nothing was held back.'}
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={dialog.close}>
              Close
            </Button>
            <Button
              loading={end.isPending}
              onClick={() => end.mutate(window, { onSuccess: dialog.close })}
              data-autofocus
            >
              {isOn ? 'End it now' : 'Call it off'}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
