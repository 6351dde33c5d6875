import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Secret, SecretList } from 'job-trigger-contract';
import { useState } from 'react';
import { copyText } from '../../components/copy-text.tsx';
import { sayDone, sayFailed, sayTrouble } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { RotateSecret } from './rotate-secret.tsx';

interface SecretActsProps {
  readonly secret: Secret;
  readonly providers: SecretList['providers'];
  /** Who may; null for this person. */
  readonly refused: string | null;
}

const namesOf = (jobs: Secret['used_by']): string => {
  const more = jobs.length > 5 ? ` and ${jobs.length - 5} more` : '';
  return `${jobs
    .slice(0, 5)
    .map(({ name }) => name)
    .join(', ')}${more}`;
};

const wouldFail = (jobs: Secret['used_by']): string => (jobs.length === 0 ? '' : `${namesOf(jobs)} would fail.`);

/** What can be done with a secret. Seeing it is not among it. */
export function SecretActs({ secret, providers, refused }: SecretActsProps) {
  const { id, name, used_by: jobs } = secret;
  const params = { id };
  const client = useQueryClient();
  const [asking, setAsking] = useState<'rotate' | 'delete' | null>(null);
  const close = (): void => setAsking(null);
  const test = useMutation({
    mutationFn: () => api.testSecret({ params }),
    onSuccess: ({ ok, problem, warning }) => {
      if (!ok) sayTrouble(`${name} cannot be read`, `${problem ?? ''} ${wouldFail(jobs)}`.trim());
      else if (warning !== null) sayTrouble(`${name} can be read`, warning);
      else sayDone(`${name} can be read, and is masked in logs.`);
    },
    onError: sayFailed,
  });
  const remove = useMutation({
    mutationFn: () => api.deleteSecret({ params }),
    onSuccess: () => {
      sayDone(`Deleted ${name}.`);
      void client.invalidateQueries({ queryKey: ['secrets'] });
      close();
    },
    onError: (error) => {
      close();
      sayFailed(error);
    },
  });
  const inUse = jobs.length === 0 ? null : `${wouldFail(jobs)} Take it off first.`;
  const variable = name.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_');
  return (
    <Group gap={6}>
      <Button size="compact-sm" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
        Test
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        disabled={refused !== null}
        title={refused ?? undefined}
        onClick={() => setAsking('rotate')}
      >
        Rotate
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        title="For a definition file"
        onClick={() =>
          void copyText(`secrets: { ${variable}: ${name} }`).then(() =>
            sayDone(`Copied: secrets: { ${variable}: ${name} }`),
          )
        }
      >
        Copy reference
      </Button>
      <Button
        size="compact-sm"
        variant="default"
        disabled={refused !== null || inUse !== null}
        title={refused ?? inUse ?? undefined}
        onClick={() => setAsking('delete')}
      >
        Delete
      </Button>
      {asking === 'rotate' ? <RotateSecret secret={secret} providers={providers} onClose={close} /> : null}
      <Modal opened={asking === 'delete'} onClose={close} title={`Delete ${name}?`}>
        <Stack>
          <Text size="sm">No job uses it. Its value is lost for good.</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Keep it
            </Button>
            <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
              Delete secret
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Group>
  );
}
