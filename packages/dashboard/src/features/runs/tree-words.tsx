import { Text } from '@mantine/core';
import type { RunDetail } from 'job-trigger-contract';

/** What was found of an attempt's processes after its end. */
export function TreeWords({ tree }: { readonly tree: RunDetail['attempts'][number]['processes'] }) {
  if (tree === null) return '—';
  if (tree.survivors.length === 0) return tree.text;
  return (
    <Text span size="sm" className="jtp-state-attention" style={{ overflowWrap: 'anywhere' }}>
      {tree.text}
    </Text>
  );
}
