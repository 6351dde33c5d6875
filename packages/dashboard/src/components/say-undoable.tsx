import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';

/** Tells what was done, with a way back for ten seconds. */
export function sayUndoable(message: string, undo: () => void): void {
  const id = notifications.show({
    withBorder: true,
    autoClose: 10_000,
    message: (
      <Group justify="space-between">
        <Text size="sm">{message}</Text>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            notifications.hide(id);
            undo();
          }}
        >
          Undo
        </Button>
      </Group>
    ),
  });
}
