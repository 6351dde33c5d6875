import { Anchor, Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { ProblemError } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { api } from '../../lib/api.ts';
import { messageAt } from '../../lib/field-errors.ts';
import { fieldErrors } from '../../lib/problem.ts';
import { answerProof, useProofAsked } from '../../lib/proof.ts';
import { CodeField } from './code-field.tsx';
import { hasPasskeys, showPasskey } from './passkey.ts';
import { useLinks } from './use-links.ts';
import { useSignInMethods } from './use-sign-in-methods.ts';

type Way = 'password' | 'code';

/** The ways that whoever is signed in has besides the password. */
function useOtherWays(): { readonly codes: boolean; readonly passkeys: boolean } {
  const methods = useSignInMethods().data;
  if (methods === undefined) return { codes: false, passkeys: false };
  const { one_time_codes: codes, passkeys, passkeys_refused: refused } = methods;
  return { codes: codes !== null, passkeys: passkeys.length > 0 && refused === null && hasPasskeys() };
}

interface WayFieldProps {
  readonly by: Way;
  readonly value: string;
  readonly error: string | undefined;
  readonly change: (text: string) => void;
}

function WayField({ by, value, error, change }: WayFieldProps) {
  const field = {
    value,
    error,
    'data-autofocus': true,
    onChange: (event: { readonly currentTarget: { readonly value: string } }) => change(event.currentTarget.value),
  };
  return by === 'password' ? (
    <PasswordInput label="Your password" autoComplete="current-password" required {...field} />
  ) : (
    <CodeField description="From your app, or a recovery code." {...field} />
  );
}

function ProofForm() {
  const ways = useOtherWays();
  const hasPassword = useLinks().data?.password !== false;
  const [by, setBy] = useState<Way>('password');
  const [text, setText] = useState('');
  const prove = useMutation({
    mutationFn: async (isPasskey: boolean) => {
      if (!isPasskey) return api.prove({ body: { [by]: text } });
      return api.prove({ body: { passkey: await showPasskey(await api.proofChallenge()) } });
    },
    onSuccess: () => answerProof(true),
  });
  const errors = prove.error instanceof ProblemError ? fieldErrors(prove.error.problem) : {};
  const error = messageAt(errors, by);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    prove.mutate(false);
  };
  const turn = (): void => {
    setBy(by === 'password' ? 'code' : 'password');
    setText('');
    prove.reset();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {prove.isError && error === undefined ? <ErrorPanel error={prove.error} /> : null}
        <Text size="sm">You signed in a while ago, and this is sensitive. Show once more that it is you.</Text>
        {hasPassword || by === 'code' ? (
          <WayField by={by} value={text} error={error} change={setText} />
        ) : (
          <Text size="sm">
            You have no password here. Sign out and come in anew, and you are not asked for a while.
          </Text>
        )}
        <Group gap="md">
          {ways.codes ? (
            <Anchor component="button" type="button" size="sm" onClick={turn}>
              {by === 'password' ? 'Use a one-time code' : 'Use the password'}
            </Anchor>
          ) : null}
          {ways.passkeys ? (
            <Anchor component="button" type="button" size="sm" onClick={() => prove.mutate(true)}>
              Use a passkey
            </Anchor>
          ) : null}
        </Group>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => answerProof(false)}>
            Cancel
          </Button>
          <Button type="submit" loading={prove.isPending} disabled={text === ''}>
            Go on
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Asks whoever is signed in to show once more who they are, when the server wants that for what a page asked. */
export function ProofDialog() {
  const isAsked = useProofAsked();
  if (!isAsked) return null;
  return (
    <Modal opened onClose={() => answerProof(false)} title="Is it you?">
      <ProofForm />
    </Modal>
  );
}
