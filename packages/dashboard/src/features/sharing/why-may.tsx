import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Job } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Panel } from '../../components/panel.tsx';
import { api } from '../../lib/api.ts';

/** What one person may do to the job, and why. */
export function WhyMay({ job }: { readonly job: Job }) {
  const [email, setEmail] = useState('');
  const [asked, setAsked] = useState<string | null>(null);
  const answer = useQuery({
    queryKey: ['job', job.id, 'access', asked],
    queryFn: () => api.jobAccess({ params: { id: job.id }, query: asked === null ? {} : { person: asked } }),
    enabled: asked !== null,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setAsked(email.trim());
  };
  return (
    <Panel title="Explain access">
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Group align="flex-end" gap="sm">
            <TextInput
              label="E-mail address of a person"
              type="email"
              placeholder="noor@example.org"
              value={email}
              flex="1 1 220px"
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <Button type="submit" variant="default" loading={answer.isFetching} disabled={!email.includes('@')}>
              Explain
            </Button>
          </Group>
          {answer.isError ? <ErrorPanel error={answer.error} /> : null}
          {answer.data === undefined ? null : (
            <Text className="jtp-break">
              <output>{answer.data.text}</output>
            </Text>
          )}
        </Stack>
      </form>
    </Panel>
  );
}
