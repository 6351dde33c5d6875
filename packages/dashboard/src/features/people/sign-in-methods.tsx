import { Stack } from '@mantine/core';
import { Loaded } from '../../components/loaded.tsx';
import { CodesPart } from './codes-part.tsx';
import { PasskeysPart } from './passkeys-part.tsx';
import { useSignInMethods } from './use-sign-in-methods.ts';

/** What whoever is signed in shows besides the password, or in its place. */
export function SignInMethods() {
  const query = useSignInMethods();
  return (
    <Loaded query={query}>
      {({ one_time_codes: codes, passkeys, passkeys_refused: refused }) => (
        <Stack gap="lg">
          <CodesPart codes={codes} />
          <PasskeysPart passkeys={passkeys} refused={refused} />
        </Stack>
      )}
    </Loaded>
  );
}
