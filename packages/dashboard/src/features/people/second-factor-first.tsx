import { Button, Group, Paper, Text } from '@mantine/core';
import { Alone } from '../../components/alone.tsx';
import { Page } from '../../components/page.tsx';
import { sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { ProofDialog } from './proof-dialog.tsx';
import { SignInMethods } from './sign-in-methods.tsx';
import { forgetSession } from './use-session.ts';
import { useSignInMethods } from './use-sign-in-methods.ts';

/** What whoever has no second factor sees where everybody must have one, until they have. */
export function SecondFactorFirst({ onDone }: { readonly onDone: () => void }) {
  const methods = useSignInMethods().data;
  const hasOne = methods !== undefined && (methods.one_time_codes !== null || methods.passkeys.length > 0);
  const goOn = async (): Promise<void> => {
    await forgetSession();
    onDone();
  };
  const signOut = async (): Promise<void> => {
    try {
      await api.logout({});
      await forgetSession();
    } catch (error) {
      sayFailed(error);
    }
  };
  return (
    <Alone>
      <Page title="One more way to show who you are">
        <Text c="dimmed">
          This installation wants it of everybody besides the password. Set up one-time codes or a passkey; then go on.
        </Text>
        <Paper withBorder p="lg">
          <SignInMethods />
        </Paper>
        <Group>
          <Button disabled={!hasOne} onClick={() => void goOn()}>
            Go on
          </Button>
          <Button variant="default" onClick={() => void signOut()}>
            Sign out
          </Button>
        </Group>
      </Page>
      <ProofDialog />
    </Alone>
  );
}
