import { Autocomplete, Button, Paper, PasswordInput, Stack, Text, TextInput, type TextInputProps } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { ProblemError } from 'job-trigger-contract';
import { useState } from 'react';
import { Alone } from '../components/alone.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { LeadOn } from '../components/lead-on.tsx';
import { Page } from '../components/page.tsx';
import { forgetSession, useSession } from '../features/people/use-session.ts';
import { api } from '../lib/api.ts';
import { fieldErrors } from '../lib/problem.ts';
import { useNow } from '../lib/store.ts';
import { browserZone, clockText } from '../lib/time.ts';

/** The token travels behind `#`, which no server and no log gets to see. */
const tokenIn = (hash: string): string => new URLSearchParams(hash.replace(/^#/, '')).get('token') ?? '';

function timeThere(zone: string, now: number): string {
  try {
    return `It is ${clockText(now, zone)} there now.`;
  } catch {
    return 'Not a zone of the IANA database, such as Asia/Hong_Kong.';
  }
}

/** Where the link did not bring the token along, or brought one that no longer counts. */
function TokenField({ refused, ...input }: TextInputProps & { readonly refused: boolean }) {
  return (
    <>
      {refused ? (
        <Text size="sm">
          The link works once and for 30 minutes. Print a new one on the portal’s host: <code>jtp setup-token</code>
        </Text>
      ) : null}
      <TextInput label="Set-up token" description="Printed by the start command." required {...input} />
    </>
  );
}

export function SetupPage() {
  const session = useSession();
  const navigate = useNavigate();
  const now = useNow('half-minute');
  const zones = useQuery({ queryKey: ['timezones'], queryFn: () => api.timezones(), staleTime: Infinity });
  const [failure, setFailure] = useState<unknown>(null);
  const given = tokenIn(useLocation().hash);
  const form = useForm({
    initialValues: { token: '', timezone: browserZone(), name: '', email: '', password: '' },
    validate: { password: (value) => (new TextEncoder().encode(value).length < 8 ? 'At least 8 characters.' : null) },
  });
  const tokenRefused = failure instanceof ProblemError && failure.code === 'unauthenticated';
  const asksToken = given === '' || tokenRefused;
  if (session.data !== undefined && !session.data.setup_needed)
    return <LeadOn to={session.data.person === null ? '/sign-in' : '/'} />;

  async function create(values: typeof form.values): Promise<void> {
    setFailure(null);
    try {
      await api.setup({ body: { ...values, token: asksToken ? values.token.trim() : given } });
      window.history.replaceState(null, '', '/setup');
      await forgetSession();
      await navigate({ to: '/' });
    } catch (error) {
      if (error instanceof ProblemError) form.setErrors(fieldErrors(error.problem));
      setFailure(error);
    }
  }
  return (
    <Alone>
      <Page title="Set up Job Trigger Portal">
        <Text c="dimmed">Your answers make you its administrator. There is no default account.</Text>
        <Paper withBorder p="lg">
          <form onSubmit={form.onSubmit(create)}>
            <Stack>
              {failure === null ? null : <ErrorPanel error={failure} />}
              {asksToken ? <TokenField refused={tokenRefused} {...form.getInputProps('token')} /> : null}
              <Autocomplete
                label="Time zone"
                description={timeThere(form.values.timezone, now)}
                data={(zones.data?.items ?? []).map((zone) => zone.name)}
                limit={50}
                required
                {...form.getInputProps('timezone')}
              />
              <TextInput label="Name" autoComplete="name" required {...form.getInputProps('name')} />
              <TextInput
                label="E-mail"
                type="email"
                autoComplete="username"
                required
                {...form.getInputProps('email')}
              />
              <PasswordInput
                label="Password"
                description="At least 8 characters; a sentence is best."
                autoComplete="new-password"
                required
                {...form.getInputProps('password')}
              />
              <Button type="submit" loading={form.submitting}>
                Create administrator
              </Button>
            </Stack>
          </form>
        </Paper>
      </Page>
    </Alone>
  );
}
