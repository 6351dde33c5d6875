import { Alert, Button, Code, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { wordsOf } from '../lib/problem.ts';

/** A failure in words with a way on; only its own panel shows it. */
export function ErrorPanel({ error, retry }: { readonly error: unknown; readonly retry?: (() => void) | undefined }) {
  const words = wordsOf(error);
  return (
    <Alert
      variant="outline"
      color="red"
      role="alert"
      icon={<IconAlertTriangle aria-hidden="true" />}
      title={words.title}
      className="jtp-alert"
    >
      <Text size="sm">{words.text}</Text>
      <Group mt="xs" gap="sm">
        {retry === undefined ? null : (
          <Button size="xs" variant="default" onClick={retry}>
            Try again
          </Button>
        )}
        {words.requestId === undefined ? null : (
          <Text size="xs" c="dimmed">
            Request <Code>{words.requestId}</Code>
          </Text>
        )}
      </Group>
    </Alert>
  );
}
