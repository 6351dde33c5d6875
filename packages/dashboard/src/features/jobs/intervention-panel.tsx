import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { IconPlayerPlay, IconRotate } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Job } from 'job-trigger-contract';
import { When } from '../../components/when.tsx';
import { categoryWords } from '../runs/run-words.ts';
import { useMay } from '../runs/use-may.ts';
import { useJobActs } from './use-job-acts.tsx';

/** A job that failures have stopped: why, what to do, and the two ways on. */
export function InterventionPanel({ job }: { readonly job: Job }) {
  const { run, reset } = useJobActs(job);
  const refusal = useMay('operator');
  const { intervention: stopped } = job;
  if (stopped === null || job.deleted_at !== null) return null;
  const { failure_pattern: pattern, recommended_action: advice } = stopped;
  const isBusy = run.isPending || reset.isPending;
  const act = { disabled: refusal !== null || isBusy, title: refusal ?? undefined };
  return (
    <Alert variant="outline" color="red" title={stopped.text} className="jtp-alert" data-part="intervention">
      <Stack gap="xs">
        <Text size="sm">
          Kind: {categoryWords[advice.category]}. {advice.text}
        </Text>
        {pattern.error_patterns.length === 0 ? null : (
          <Code block className="jtp-break" tabIndex={0} aria-label="What the failures said">
            {pattern.error_patterns.join('\n')}
          </Code>
        )}
        <Text size="sm" c="dimmed" component="div">
          Its schedules start nothing since <When at={stopped.opened_at} />. It cools off until{' '}
          <When at={stopped.cool_off_until} planned />
          {stopped.policy === 'probe' ? ', then one run tries it.' : ', and waits for a person.'}
        </Text>
        <Group gap="xs">
          <Button
            size="xs"
            leftSection={<IconPlayerPlay size={16} aria-hidden="true" />}
            loading={run.isPending}
            onClick={() => run.mutate({ allow_inactive: true })}
            {...act}
          >
            Run now and reset
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRotate size={16} aria-hidden="true" />}
            loading={reset.isPending}
            onClick={() => reset.mutate()}
            {...act}
          >
            Reset
          </Button>
          {advice.action.code === 'edit_job' ? (
            <Button
              size="xs"
              variant="subtle"
              renderRoot={(props) => <Link to="/jobs/$id/edit" params={{ id: job.id }} {...props} />}
            >
              {advice.action.text}
            </Button>
          ) : null}
          {job.last_run === null ? null : (
            <Link to="/runs/$id" params={{ id: job.last_run.id }} className="jtp-link">
              Open its last run
            </Link>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}
