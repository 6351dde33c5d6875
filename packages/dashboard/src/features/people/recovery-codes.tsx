import { Alert, Group, Stack, Text } from '@mantine/core';
import { CopyButton } from '../../components/copy-text.tsx';

/** The codes for whoever has lost the app, while they can be seen. */
export function RecoveryCodes({ codes }: { readonly codes: readonly string[] }) {
  return (
    <Alert variant="outline" title="The recovery codes are shown only now">
      <Stack gap="xs">
        <Text size="sm">
          Keep them where your phone is not. Each works once, in the place of a one-time code, when you have lost the
          app.
        </Text>
        <ul className="jtp-recovery" aria-label="Recovery codes">
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
        <Group>
          <CopyButton text={codes.join('\n')} label="Copy the codes" />
        </Group>
      </Stack>
    </Alert>
  );
}
