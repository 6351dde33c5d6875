import { Text } from '@mantine/core';
import { Told } from './told.tsx';

/** Why something waits, was skipped or ended: the sentence of the catalogue, never the bare code. */
export function Reason({ text, code }: { readonly text: string | null; readonly code: string | null }) {
  if (text === null && code === null) return null;
  return (
    <Text size="sm" c="dimmed" component="span">
      <Told text={text ?? code ?? ''} />
    </Text>
  );
}
