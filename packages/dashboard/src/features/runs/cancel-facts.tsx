import { Text } from '@mantine/core';
import type { RunDetail } from 'job-trigger-contract';
import { When } from '../../components/when.tsx';

/** Who asked for the end of a run, when and why. */
export function CancelFacts({ run, zone }: { readonly run: RunDetail; readonly zone: string | undefined }) {
  const { cancel_request: asked } = run;
  if (asked === null) return null;
  return (
    <Text size="sm" component="div" className="jtp-break" data-part="cancel">
      <b>Cancel asked for</b>
      {asked.by === null ? '' : ` by ${asked.by}`} <When at={asked.at} zone={zone} precision="second" />
      {asked.note === null ? '' : ` “${asked.note}”`}
    </Text>
  );
}
