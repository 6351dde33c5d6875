import { Alert, Code, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconXboxX } from '@tabler/icons-react';
import type { Run } from 'job-trigger-contract';
import { CopyButton } from '../../components/copy-text.tsx';
import { api } from '../../lib/api.ts';
import { runLooks } from '../../lib/states.ts';
import { plainOf } from '../log/ansi.ts';
import './runs.css';
import { categoryWords, exitWords } from './run-words.ts';

/** What failed: its class and words, how the process ended, and what it said last on standard error. */
export function FailureBox({ run }: { readonly run: Run }) {
  const attempt = Math.max(1, run.attempt);
  const tail = useQuery({
    queryKey: ['run', run.id, 'last-errors', attempt],
    queryFn: () => api.runLog({ params: { id: run.id }, query: { attempt, tail: 200 } }),
    enabled: run.started_at !== null,
    staleTime: 60_000,
  });
  const said = (tail.data?.items ?? [])
    .filter((line) => line.stream === 'stderr')
    .slice(-8)
    .map((line) => plainOf(line.text).slice(0, 500));
  const failure = run.failure;
  // The detail often is what was said last; once is enough.
  const detail = failure?.detail ?? null;
  const repeated = detail !== null && detail.split('\n').every((line) => said.includes(plainOf(line)));
  const exit = exitWords(run);
  const head = failure === null ? runLooks[run.state].label : failure.message;
  const title = exit === null || head.toLowerCase().includes(exit) ? head : `${head} · ${exit}`;
  const copy = [
    title,
    failure === null ? null : categoryWords[failure.category],
    repeated ? null : detail,
    run.reason_text,
    ...said,
  ]
    .filter((part) => part !== null && part !== undefined && part !== '')
    .join('\n');
  return (
    <Alert
      variant="outline"
      color="red"
      className="jtp-alert"
      icon={<IconXboxX aria-hidden="true" />}
      title={title}
      data-part="failure"
    >
      {failure === null ? null : <Text size="sm">Kind: {categoryWords[failure.category]}</Text>}
      {detail === null || repeated ? null : (
        <Text size="sm" mt={4} className="jtp-run-detail">
          {detail}
        </Text>
      )}
      {run.reason_text === null ? null : <Text size="sm">{run.reason_text}</Text>}
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
        <CopyButton text={copy} label="Copy the failure" />
      </Group>
    </Alert>
  );
}
