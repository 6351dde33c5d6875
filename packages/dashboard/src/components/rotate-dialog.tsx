import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

interface RotateDialogProps {
  readonly name: string;
  /** What a new secret means for the other side. */
  readonly text: string;
  /** The new secret, to be copied now or never; null before it is made. */
  readonly secret: ReactNode;
  readonly isPending: boolean;
  readonly rotate: () => void;
  readonly close: () => void;
}

/** Asks before a new secret is made, and shows it once. */
export function RotateDialog({ name, text, secret, isPending, rotate, close }: RotateDialogProps) {
  return (
    <Modal opened onClose={close} title={`New secret for ${name}`} size="lg">
      <Stack>
        {secret ?? <Text size="sm">{text}</Text>}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {secret === null ? 'Cancel' : 'I have it'}
          </Button>
          {secret === null ? (
            <Button loading={isPending} onClick={rotate}>
              Make a new secret
            </Button>
          ) : null}
        </Group>
      </Stack>
    </Modal>
  );
}
