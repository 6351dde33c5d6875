import { Alert, Button, Paper, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { ErrorPanel } from '../components/error-panel.tsx';
import { LeadOn } from '../components/lead-on.tsx';
import { Page } from '../components/page.tsx';
import { forgetSession, placeAfter, useSession } from '../features/people/use-session.ts';
import { api } from '../lib/api.ts';
import { ProblemError } from 'job-trigger-contract';

/** The portal is part of another application, which knows nobody here. */
function LetInElsewhere() {
  return (
    <main className="jtp-alone">
      <Page title="Not let in">
        <Paper withBorder p="lg">
          The application that this portal is part of decides who comes in, and did not say who you are. Sign in there,
          then open this page again.
        </Paper>
      </Page>
    </main>
  );
}

export function SignInPage() {
  const session = useSession();
  const { to }: { to?: unknown } = useSearch({ strict: false });
  const navigate = useNavigate();
  const [failure, setFailure] = useState<unknown>(null);
  const form = useForm({ initialValues: { email: '', password: '' } });
  if (session.data?.setup_needed === true) return <LeadOn to="/setup" />;
  if (session.data?.settings.authentication === 'host') return <LetInElsewhere />;

  async function signIn(body: { email: string; password: string }): Promise<void> {
    setFailure(null);
    try {
      const { cookie } = await api.login({ body });
      if (!cookie) {
        setFailure(
          new Error(
            'This address is plain HTTP: the session cookie needs HTTPS. Use HTTPS, or open the portal on its own host.',
          ),
        );
        return;
      }
      await forgetSession();
      await navigate({ href: placeAfter(to) });
    } catch (error) {
      setFailure(error);
    }
  }
  const wrong = failure instanceof ProblemError && failure.status === 401;
  return (
    <main className="jtp-alone">
      <Page title="Sign in">
        <Paper withBorder p="lg">
          <form onSubmit={form.onSubmit(signIn)}>
            <Stack>
              {wrong ? (
                <Alert
                  color="red"
                  variant="outline"
                  role="alert"
                  title="E-mail or password is wrong."
                  className="jtp-alert"
                />
              ) : failure === null ? null : (
                <ErrorPanel error={failure} />
              )}
              <TextInput
                label="E-mail"
                type="email"
                autoComplete="username"
                required
                {...form.getInputProps('email')}
              />
              <PasswordInput
                label="Password"
                autoComplete="current-password"
                required
                {...form.getInputProps('password')}
              />
              <Button type="submit" loading={form.submitting}>
                Sign in
              </Button>
            </Stack>
          </form>
        </Paper>
      </Page>
    </main>
  );
}
