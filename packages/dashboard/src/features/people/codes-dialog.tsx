import { Anchor, Button, Code, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ProblemError } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { CopyButton } from '../../components/copy-text.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { QrPicture } from '../../components/qr-picture.tsx';
import { api } from '../../lib/api.ts';
import { messageAt } from '../../lib/field-errors.ts';
import { fieldErrors } from '../../lib/problem.ts';
import { CodeField } from './code-field.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

/** In groups of four, as people read a key aloud. */
const grouped = (secret: string): string => secret.replace(/(.{4})(?=.)/g, '$1 ');

function KeyAndCode({ tell }: { readonly tell: (codes: readonly string[]) => void }) {
  const client = useQueryClient();
  const [code, setCode] = useState('');
  const begun = useQuery({
    queryKey: ['codes-begun'],
    queryFn: () => api.beginCodes(),
    // Each asking makes another key.
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  });
  const confirm = useMutation({
    mutationFn: () => api.confirmCodes({ body: { code } }),
    onSuccess: ({ recovery_codes: codes }) => {
      tell(codes);
      void client.invalidateQueries({ queryKey: ['sign-in-methods'] });
    },
  });
  const errors = confirm.error instanceof ProblemError ? fieldErrors(confirm.error.problem) : {};
  const error = messageAt(errors, 'code');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    confirm.mutate();
  };
  return (
    <Loaded query={begun}>
      {({ secret, uri }) => (
        <form onSubmit={submit} noValidate>
          <Stack>
            {confirm.isError && error === undefined ? <ErrorPanel error={confirm.error} /> : null}
            <Text size="sm">
              Read the picture with an app for one-time codes, <Anchor href={uri}>open it in one</Anchor>, or type the
              key.
            </Text>
            <Group justify="center">
              <QrPicture text={uri} label="The key as a picture for an app" />
            </Group>
            <Group gap="sm">
              <Code className="jtp-break">{grouped(secret)}</Code>
              <CopyButton text={secret} label="Copy the key" />
            </Group>
            <CodeField
              description="The six digits that the app shows now."
              value={code}
              error={error}
              onChange={(event) => setCode(event.currentTarget.value)}
            />
            <Group justify="flex-end">
              <Button type="submit" loading={confirm.isPending} disabled={code.trim() === ''}>
                Turn on
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Loaded>
  );
}

/** Sets one-time codes up: the key into an app, a code back, and the recovery codes once. */
export function CodesDialog({ onClose }: { readonly onClose: () => void }) {
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  return (
    <Modal opened onClose={onClose} title={codes === null ? 'One-time codes' : 'One-time codes are on'} size="lg">
      {codes === null ? (
        <KeyAndCode tell={setCodes} />
      ) : (
        <Stack>
          <RecoveryCodes codes={codes} />
          <Group justify="flex-end">
            <Button onClick={onClose}>I have them</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
