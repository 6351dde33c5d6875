import { Text } from '@mantine/core';
import { useNow } from '../../lib/store.ts';
import { relativeText } from '../../lib/time.ts';

/** How old the last line is: tells a hung job from a quiet one. */
export function LastOutput({ at }: { readonly at: string | null }) {
  const now = useNow('second');
  if (at === null) return null;
  return (
    <Text size="xs" c="dimmed" className="jtp-figures">
      last output {relativeText(Math.min(Date.parse(at), now), now)}
    </Text>
  );
}
