import { Alert, Button, Code, Group, List, Modal, Progress, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { InstallationKeyState } from 'job-trigger-contract';
import { useState } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { sayDone } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { adviceOn, type KeyAdvice } from './key-words.ts';

/** While a rotation is under way. */
const oftenMs = 500;
const everyMs = 30_000;

function SealingProgress({ left, most }: { readonly left: number; readonly most: number }) {
  return (
    <>
      <Progress value={most === 0 ? 100 : 100 - (100 * left) / most} animated aria-label="Progress of the sealing" />
      <Text size="sm" className="jtp-figures">
        {left === 0 ? 'Being sealed' : `${left} left`}
      </Text>
    </>
  );
}

function Warning({ text }: { readonly text: string | null }) {
  return text === null ? null : (
    <Alert color="orange" variant="outline" className="jtp-alert" title="More than one machine">
      {text}
    </Alert>
  );
}

function AskDialog({
  advice,
  onClose,
  onDone,
}: {
  readonly advice: KeyAdvice;
  readonly onClose: () => void;
  readonly onDone: () => void;
}) {
  const client = useQueryClient();
  const [most, setMost] = useState(0);
  const rotate = useMutation({
    mutationFn: () => api.rotateInstallationKey(),
    onSuccess: ({ key_id: id, is_new: isNew, resealed }) => {
      sayDone(`${isNew ? 'A new key' : 'The key in force'} (${id}) seals everything. Sealed anew: ${resealed}.`);
      onDone();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['installation-key'] }),
  });
  const left =
    useQuery({
      queryKey: ['installation-key'],
      queryFn: async () => {
        const state = await api.installationKey();
        setMost((before) => Math.max(before, state.to_reseal));
        return state;
      },
      refetchInterval: rotate.isPending ? oftenMs : everyMs,
    }).data?.to_reseal ?? most;
  return (
    <Modal opened onClose={onClose} title={`${advice.verb}?`} size="lg">
      <Stack>
        {rotate.isError ? <ErrorPanel error={rotate.error} /> : null}
        <Text size="sm">
          Secrets, and the keys of webhooks, hooks, monitors, one-time codes and tokens are sealed under the new key. No
          value changes, and jobs go on meanwhile.
        </Text>
        <Warning text={advice.warning} />
        {rotate.isPending ? <SealingProgress left={left} most={most} /> : null}
        {rotate.isError ? (
          <Text size="sm">What was sealed anew stays so. It can be gone on with at any time.</Text>
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {rotate.isIdle ? 'Cancel' : 'Close'}
          </Button>
          <Button loading={rotate.isPending} onClick={() => rotate.mutate()}>
            {rotate.isError ? 'Go on' : advice.verb}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function KeyFacts({ state, ask }: { readonly state: InstallationKeyState; readonly ask: () => void }) {
  const advice = adviceOn(state);
  return (
    <Stack gap="sm">
      {state.key_id === null ? null : (
        <Text size="sm">
          In force: <Code>{state.key_id}</Code>, from {state.source === 'file' ? 'the file secret.key' : 'the settings'}
          . That is its name, not the key.
        </Text>
      )}
      <Text size="sm">{advice.text}</Text>
      {advice.steps.length === 0 ? null : (
        <List type={advice.steps.length === 1 ? 'unordered' : 'ordered'} size="sm" aria-label="What to do first">
          {advice.steps.map((step) => (
            <List.Item key={step}>{step}</List.Item>
          ))}
        </List>
      )}
      <Warning text={advice.warning} />
      {advice.verb === null ? null : (
        <Group>
          <Button variant="default" onClick={ask}>
            {advice.verb} …
          </Button>
        </Group>
      )}
    </Stack>
  );
}

/** The key that everything is sealed with, for administrators: how it stands, and another in its place. */
export function KeyPanel() {
  const [asked, setAsked] = useState<KeyAdvice | null>(null);
  const close = (): void => setAsked(null);
  const query = useQuery({
    queryKey: ['installation-key'],
    queryFn: () => api.installationKey(),
    refetchInterval: everyMs,
  });
  return (
    <>
      <Loaded query={query}>{(state) => <KeyFacts state={state} ask={() => setAsked(adviceOn(state))} />}</Loaded>
      {asked === null ? null : <AskDialog advice={asked} onClose={close} onDone={close} />}
    </>
  );
}
