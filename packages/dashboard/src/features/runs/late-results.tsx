import { Text } from '@mantine/core';
import type { RunDetail } from 'job-trigger-contract';
import { When } from '../../components/when.tsx';

/** Results that came when the run was over for their worker: they stand here, and changed nothing. */
export function LateResults({ run, zone }: { readonly run: RunDetail; readonly zone: string | undefined }) {
  return run.late_results.map((late) => (
    <Text key={`${late.at} ${late.fence}`} size="sm" className="jtp-state-attention">
      A late result was refused: a worker reported {late.outcome.replaceAll('_', ' ')}
      {late.exit_code === null ? '' : `, exit ${late.exit_code}`} at{' '}
      <When at={late.at} zone={zone} precision="second" />, after the run had been settled without it. It changed
      nothing.
    </Text>
  ));
}
