import { Alert, Button, Divider, Paper, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ProblemError, type Tokens } from 'job-trigger-contract';
import { useState } from 'react';
import { Alone } from '../components/alone.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { LeadOn } from '../components/lead-on.tsx';
import { Page } from '../components/page.tsx';
import { hasPasskeys, showPasskey } from '../features/people/passkey.ts';
import { placeAfter } from '../features/people/place-after.ts';
import { keepPlace } from '../features/people/place-kept.ts';
import { ProviderButtons, useProviders } from '../features/people/provider-buttons.tsx';
import { SecondStepForm } from '../features/people/second-step-form.tsx';
import { forgetSession, useSession } from '../features/people/use-session.ts';
import { api } from '../lib/api.ts';

const needsHttps = new Error(
  'This address is plain HTTP: the session cookie needs HTTPS. Use HTTPS, or open the portal on its own host.',
);

/** What a refused sign-in is told in one line; null for other trouble. */
function refusalOf(failure: unknown): string | null {
  if (!(failure instanceof ProblemError) || failure.status !== 401) return null;
  return failure.problem.detail ?? 'E-mail or password is wrong.';
}

/** The way on to the second step, when the password was right and a code is asked for. */
function secondStepOf(failure: unknown): string | null {
  if (!(failure instanceof ProblemError) || failure.code !== 'second_factor_needed') return null;
  const { token } = failure.problem;
  return typeof token === 'string' ? token : null;
}

/** The portal is part of another application, which knows nobody here. */
function LetInElsewhere() {
  return (
    <Alone>
      <Page title="Not let in">
        <Paper withBorder p="lg">
          The application that this portal is part of decides who comes in, and did not say who you are. Sign in there,
          then open this page again.
        </Paper>
      </Page>
    </Alone>
  );
}

function Trouble({ failure }: { readonly failure: unknown }) {
  if (failure === null) return null;
  const wrong = refusalOf(failure);
  if (wrong === null) return <ErrorPanel error={failure} />;
  return <Alert color="red" variant="outline" role="alert" title={wrong} className="jtp-alert" />;
}

export function SignInPage() {
  const session = useSession();
  const hasProviders = useProviders().length > 0;
  const { to }: { to?: unknown } = useSearch({ strict: false });
  const navigate = useNavigate();
  const [failure, setFailure] = useState<unknown>(null);
  const [step, setStep] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useForm({ initialValues: { email: '', password: '' } });
  if (session.data?.setup_needed === true) return <LeadOn to="/setup" />;
  if (session.data?.settings.authentication === 'host') return <LetInElsewhere />;

  /** Comes in by what `ask` is answered with. */
  async function comeIn(ask: () => Promise<Tokens>): Promise<void> {
    setFailure(null);
    setBusy(true);
    try {
      const { cookie } = await ask();
      if (!cookie) {
        setFailure(needsHttps);
        return;
      }
      await forgetSession();
      await navigate({ href: placeAfter(to) });
    } catch (error) {
      const next = secondStepOf(error);
      if (next === null) setFailure(error);
      else setStep(next);
    } finally {
      setBusy(false);
    }
  }
  const byPasskey = async (): Promise<Tokens> =>
    api.passkeySignIn({ body: await showPasskey(await api.passkeyChallenge()) });
  const startAnew = (): void => {
    setStep(null);
    setFailure(null);
    form.setFieldValue('password', '');
  };
  const trouble = <Trouble failure={failure} />;
  return (
    <Alone>
      <Page title="Sign in">
        <Paper withBorder p="lg">
          {step === null ? (
            <Stack>
              <form onSubmit={form.onSubmit((body) => comeIn(() => api.login({ body })))}>
                <Stack>
                  {trouble}
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
                  <Button type="submit" loading={isBusy}>
                    Sign in
                  </Button>
                </Stack>
              </form>
              {hasPasskeys() || hasProviders ? <Divider label="or" /> : null}
              {hasPasskeys() ? (
                <Button variant="default" disabled={isBusy} onClick={() => void comeIn(byPasskey)}>
                  Sign in with a passkey
                </Button>
              ) : null}
              <ProviderButtons
                verb="Sign in with"
                begin={(name) => {
                  keepPlace(to);
                  return api.beginOidc({ params: { name }, body: {} });
                }}
              />
            </Stack>
          ) : (
            <Stack>
              {trouble}
              <SecondStepForm
                isPending={isBusy}
                give={(code) => void comeIn(() => api.secondStep({ body: { token: step, code } }))}
                back={startAnew}
              />
            </Stack>
          )}
        </Paper>
      </Page>
    </Alone>
  );
}
