import { Alert, Button, Code, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconXboxX } from '@tabler/icons-react';
import type { Run, RunDetail } from 'job-trigger-contract';
import { CopyButton } from '../../components/copy-text.tsx';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { failureText, failureWords } from './failure-words.ts';
import './runs.css';

/** What failed: its class and words, how the process ended, and what it said last on standard error. */
export function FailureBox({
  run,
  advice = null,
}: {
  readonly run: Run;
  readonly advice?: RunDetail['recommended_action'];
}) {
  const attempt = Math.max(1, run.attempt);
  const tail = useQuery({
    queryKey: ['run', run.id, 'last-errors', attempt],
    queryFn: () => api.runLog({ params: { id: run.id }, query: { attempt, tail: 200 } }),
    enabled: run.started_at !== null,
    staleTime: 60_000,
  });
  const words = failureWords(run, tail.data?.items ?? []);
  const { title, kind, detail, reason, said } = words;
  return (
    <Alert
      variant="outline"
      color="red"
      className="jtp-alert"
      icon={<IconXboxX aria-hidden="true" />}
      title={title}
      data-part="failure"
    >
      {kind === null ? null : <Text size="sm">Kind: {kind}</Text>}
      {detail === null ? null : (
        <Text size="sm" mt={4} className="jtp-run-detail">
          {detail}
        </Text>
      )}
      {reason === null ? null : <Text size="sm">{reason}</Text>}
      <FreeAgain of={run.failure} />
      {advice === null ? null : <Text size="sm">What to do: {advice.text}</Text>}
      {said.length === 0 ? null : (
        <>
          <Text size="sm" mt="xs">
            Last on standard error:
          </Text>
          <Code block tabIndex={0} aria-label="Last lines on standard error" mah={180}>
            {said.join('\n')}
          </Code>
        </>
      )}
      <Group mt="xs">
        <CopyButton text={failureText(words)} label="Copy the failure" />
        <Button
          size="xs"
          variant="default"
          component="a"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(`${failureText(words)}\n`)}`}
          download={`failure-${run.id.slice(-8)}.txt`}
        >
          Download the failure
        </Button>
      </Group>
    </Alert>
  );
}

/** When a limit that was met is free again, where the other side said so. */
function FreeAgain({ of }: { readonly of: Run['failure'] }) {
  const at = of?.resets_at ?? null;
  if (at === null) return null;
  return (
    <Text size="sm">
      The limit is free again: <When at={at} planned />
    </Text>
  );
}
