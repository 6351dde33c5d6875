import { Progress, Stack, Text } from '@mantine/core';
import type { RunDetail } from 'job-trigger-contract';
import { useNow } from '../../lib/store.ts';
import { progressOf } from './progress.ts';

/** A solid bar when reported, a hatched one when estimated, none when unknown. */
export function RunProgress({ run }: { readonly run: RunDetail }) {
  const progress = progressOf(run, useNow('second'));
  if (progress === null) return null;
  return (
    <Stack gap={4}>
      {progress.kind === 'unknown' ? null : (
        <Progress
          value={progress.percent}
          size="md"
          color="var(--jtp-running)"
          striped={progress.kind === 'estimated'}
          animated={progress.kind === 'estimated'}
          aria-label={progress.kind === 'reported' ? 'Reported progress' : 'Estimated progress'}
        />
      )}
      <Text
        size="sm"
        className={progress.kind === 'estimated' && progress.over ? 'jtp-figures jtp-state-attention' : 'jtp-figures'}
      >
        {progress.text}
      </Text>
    </Stack>
  );
}
