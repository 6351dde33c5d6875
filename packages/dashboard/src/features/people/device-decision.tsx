import { Button, Code, Group, Paper, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ProblemError, type DeviceAsking } from 'job-trigger-contract';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Loading } from '../../components/loading.tsx';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import './device.css';

/** Who asks, as far as anybody can tell. */
function Facts({ device: { client, host, address, created_at, expires_at } }: { readonly device: DeviceAsking }) {
  return (
    <dl className="jtp-device-facts">
      <dt>Program</dt>
      <dd>{client}</dd>
      <dt>Calls itself</dt>
      <dd>{host === '' ? '—' : host}</dd>
      <dt>Address</dt>
      <dd>{address ?? '—'}</dd>
      <dt>Asked</dt>
      <dd>
        <When at={created_at} />
      </dd>
      <dt>Waits until</dt>
      <dd>
        <When at={expires_at} planned />
      </dd>
    </dl>
  );
}

function Done({ isAllowed, again }: { readonly isAllowed: boolean; readonly again: () => void }) {
  return (
    <Paper component="output" display="block" withBorder p="lg">
      {isAllowed ? (
        <EmptyState title="Signed in. You can go back to the terminal.">
          <Text c="dimmed">
            It goes on by itself while it is used, seven days at most. You can end it in your{' '}
            <Link to="/profile">profile</Link>.
          </Text>
        </EmptyState>
      ) : (
        <EmptyState title="Refused. The terminal is told." text="Nothing was signed in.">
          <Button variant="default" onClick={again}>
            Enter another code
          </Button>
        </EmptyState>
      )}
    </Paper>
  );
}

interface DeviceDecisionProps {
  readonly code: string;
  /** As whom it would act, in words. */
  readonly as: string;
  /** Leads back to the field for a code. */
  readonly again: () => void;
}

/** Shows which command line waits under a code, and lets its person say yes or no. */
export function DeviceDecision({ code, as, again }: DeviceDecisionProps) {
  const query = useQuery({
    queryKey: ['device', code],
    queryFn: () => api.lookDevice({ query: { user_code: code } }),
    retry: false,
    staleTime: Infinity,
    gcTime: 0,
  });
  const decide = useMutation({
    mutationFn: async (isAllowed: boolean) => {
      const body = { user_code: code };
      await (isAllowed ? api.approveDevice({ body }) : api.denyDevice({ body }));
      return isAllowed;
    },
  });
  const failure = decide.error ?? query.error;
  if (decide.data !== undefined) return <Done isAllowed={decide.data} again={again} />;
  if (failure instanceof ProblemError && failure.status === 404)
    return (
      <Paper withBorder p="lg">
        <EmptyState
          title="No command line waits under this code."
          text="It was mistyped, was used already, or is older than ten minutes. Compare it with the terminal, or run jtp login once more."
        >
          <Button onClick={again}>Enter another code</Button>
        </EmptyState>
      </Paper>
    );
  if (query.data === undefined)
    return query.isError ? <ErrorPanel error={query.error} retry={() => void query.refetch()} /> : <Loading />;
  return (
    <Paper withBorder p="lg">
      <Stack>
        <Text>Does your terminal show this code?</Text>
        <Text className="jtp-device-code">{code.toUpperCase()}</Text>
        <Facts device={query.data} />
        <Text>
          It will act as <b>{as}</b>. Allow it only if you have just run <Code>jtp login</Code> yourself: whoever sent
          you this code or link would act as you.
        </Text>
        {decide.isError ? <ErrorPanel error={decide.error} /> : null}
        <Group>
          <Button loading={decide.isPending && decide.variables} onClick={() => decide.mutate(true)}>
            Allow
          </Button>
          <Button
            variant="default"
            loading={decide.isPending && !decide.variables}
            onClick={() => decide.mutate(false)}
          >
            Deny
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
