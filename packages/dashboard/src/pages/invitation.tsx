import { Alert, Divider, Paper, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { ProblemError } from 'job-trigger-contract';
import { useState } from 'react';
import { Alone } from '../components/alone.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Loading } from '../components/loading.tsx';
import { Page } from '../components/page.tsx';
import { AcceptForm } from '../features/people/accept-form.tsx';
import { keepPlace } from '../features/people/place-kept.ts';
import { ProviderButtons, useProviders } from '../features/people/provider-buttons.tsx';
import { roleWords } from '../features/people/role-words.ts';
import { forgetSession } from '../features/people/use-session.ts';
import { api } from '../lib/api.ts';
import { browserZone } from '../lib/time.ts';
import { base } from '../lib/base.ts';

/** The token travels behind `#`, which no server and no log gets to see. */
const tokenIn = (hash: string): string => new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? '';

/** Where an invitation leads: an account is made, and its owner is signed in. */
export function InvitationPage() {
  const navigate = useNavigate();
  const token = tokenIn(useLocation().hash);
  const hasProviders = useProviders().length > 0;
  const [isMade, setMade] = useState(false);
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => api.readInvitation({ body: { token } }),
    retry: false,
    staleTime: Infinity,
  });

  async function goIn(cookie: boolean): Promise<void> {
    window.history.replaceState(null, '', '/invitation');
    if (!cookie) {
      setMade(true);
      return;
    }
    await forgetSession();
    await navigate({ to: '/' });
  }
  const isOver = invitation.error instanceof ProblemError && invitation.error.status === 401;
  return (
    <Alone>
      <Page title={isOver ? 'This invitation is over' : 'You are invited'}>
        {isMade ? (
          <Alert variant="outline" title="Your account is made">
            This address is plain HTTP, and the session cookie needs HTTPS. Open the portal by HTTPS, or on its own
            host, and sign in.
          </Alert>
        ) : invitation.data !== undefined ? (
          <>
            <Text c="dimmed">
              {invitation.data.invited_by} invites you to Job Trigger Portal as {invitation.data.role}:{' '}
              {roleWords[invitation.data.role].toLowerCase()}
            </Text>
            <Paper withBorder p="lg">
              <ProviderButtons
                verb="Accept with"
                begin={(name) => {
                  keepPlace('/');
                  return api.beginOidc({ params: { name }, body: { invitation: token, timezone: browserZone() } });
                }}
              />
              {hasProviders ? <Divider my="md" label="or with a password" /> : null}
              <AcceptForm token={token} email={invitation.data.email} onDone={goIn} />
            </Paper>
          </>
        ) : isOver ? (
          <Text>
            The link was used, withdrawn, or is too old. Ask whoever invited you for a new one.{' '}
            <a href={`${base}/`}>Sign in</a>
          </Text>
        ) : invitation.isError ? (
          <ErrorPanel error={invitation.error} retry={() => void invitation.refetch()} />
        ) : (
          <Loading />
        )}
      </Page>
    </Alone>
  );
}
