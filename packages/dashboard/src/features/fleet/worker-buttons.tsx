import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Worker } from 'job-trigger-contract';
import { useState } from 'react';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { refreshTopics } from '../../lib/query.ts';
import { useMay } from '../runs/use-may.ts';
import { actsFor, type WorkerAct } from './worker-acts.ts';

const calls: Readonly<Record<WorkerAct['name'], (id: string) => Promise<unknown>>> = {
  drain: (id) => api.drainWorker({ params: { id } }),
  pause: (id) => api.pauseWorker({ params: { id } }),
  resume: (id) => api.resumeWorker({ params: { id } }),
  remove: (id) => api.removeWorker({ params: { id } }),
};

/** What may be asked of a worker now: each once, with what comes of it. */
export function WorkerButtons({ worker }: { readonly worker: Worker }) {
  const refusal = useMay('operator');
  const [asked, setAsked] = useState<WorkerAct | null>(null);
  const act = useMutation({
    mutationFn: ({ name }: WorkerAct) => calls[name](worker.id),
    onSuccess: (_, { done }) => {
      sayDone(`${worker.name} ${done}.`);
      setAsked(null);
    },
    onError: sayFailed,
    onSettled: () => refreshTopics(['workers', 'runs', 'events']),
  });
  return (
    <Group gap="xs" wrap="nowrap">
      {actsFor(worker).map((each) => (
        <Button
          key={each.name}
          size="xs"
          variant="default"
          disabled={refusal !== null}
          title={refusal ?? undefined}
          loading={act.isPending && act.variables.name === each.name}
          aria-label={`${each.verb} ${worker.name}`}
          onClick={() => (each.comesOfIt === null ? act.mutate(each) : setAsked(each))}
        >
          {each.verb}
        </Button>
      ))}
      <Modal opened={asked !== null} onClose={() => setAsked(null)} title={`${asked?.verb} ${worker.name}?`}>
        <Stack>
          <Text size="sm">{asked?.comesOfIt}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsked(null)}>
              Leave it as it is
            </Button>
            <Button loading={act.isPending} onClick={() => (asked === null ? undefined : act.mutate(asked))}>
              {asked?.verb}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Group>
  );
}
