import { Button, Group, Modal, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SignInMethods } from 'job-trigger-contract';
import { useState } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { sayDone, sayFailed } from '../../components/say.ts';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { CodesDialog } from './codes-dialog.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

/** What still comes in without the app. */
function leftText(left: number): string {
  if (left === 0) return 'No recovery code is left.';
  return left === 1 ? 'One recovery code is left.' : `${left} recovery codes are left.`;
}

/** One-time codes of whoever is signed in: on or off. */
export function CodesPart({ codes }: { readonly codes: SignInMethods['one_time_codes'] }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState<'begin' | 'remove' | null>(null);
  const [renewed, setRenewed] = useState<readonly string[] | null>(null);
  const close = (): void => setAsking(null);
  const refresh = (): void => void client.invalidateQueries({ queryKey: ['sign-in-methods'] });
  const renew = useMutation({
    mutationFn: () => api.renewRecoveryCodes(),
    onSuccess: ({ recovery_codes: made }) => {
      setRenewed(made);
      refresh();
    },
    onError: sayFailed,
  });
  const remove = useMutation({
    mutationFn: () => api.removeCodes(),
    onSuccess: () => {
      sayDone('One-time codes are off. Signing in asks for the password alone.');
      close();
      refresh();
    },
  });
  return (
    <Stack gap="xs">
      <Title order={3} size="h5">
        One-time codes
      </Title>
      {codes === null ? (
        <Text size="sm">Off. An app on your phone shows a code that signing in asks for besides the password.</Text>
      ) : (
        <Text size="sm">
          On since <When at={codes.since} />. {leftText(codes.recovery_codes)}
        </Text>
      )}
      <Group gap="xs">
        {codes === null ? (
          <Button variant="default" onClick={() => setAsking('begin')}>
            Set up
          </Button>
        ) : (
          <>
            <Button variant="default" loading={renew.isPending} onClick={() => renew.mutate()}>
              New recovery codes
            </Button>
            <Button variant="default" onClick={() => setAsking('remove')}>
              Turn off
            </Button>
          </>
        )}
      </Group>
      {asking === 'begin' ? <CodesDialog onClose={close} /> : null}
      {renewed === null ? null : (
        <Modal opened onClose={() => setRenewed(null)} title="New recovery codes" size="lg">
          <Stack>
            <RecoveryCodes codes={renewed} />
            <Text size="sm">Those before are void.</Text>
            <Group justify="flex-end">
              <Button onClick={() => setRenewed(null)}>I have them</Button>
            </Group>
          </Stack>
        </Modal>
      )}
      {asking === 'remove' ? (
        <Modal opened onClose={close} title="Turn one-time codes off?">
          <Stack>
            {remove.isError ? <ErrorPanel error={remove.error} /> : null}
            <Text size="sm">Signing in asks for the password alone then. Recovery codes are void.</Text>
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
                Turn off
              </Button>
            </Group>
          </Stack>
        </Modal>
      ) : null}
    </Stack>
  );
}
