import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Run } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { Loaded } from '../../components/loaded.tsx';
import { api } from '../../lib/api.ts';
import { draftProblem, draftsOf, valuesOf, type ParameterDraft } from './parameter-draft.ts';
import { ParameterFields, valueErrors } from './parameter-fields.tsx';
import { useRunActs } from './use-run-acts.ts';

function Fields({
  start,
  run,
  onClose,
}: {
  readonly start: readonly ParameterDraft[];
  readonly run: Run;
  readonly onClose: () => void;
}) {
  const [drafts, setDrafts] = useState(start);
  const { again } = useRunActs(run);
  const wrong = drafts.some((draft) => draftProblem(draft) !== null);
  function send(event: FormEvent): void {
    event.preventDefault();
    if (!wrong) again.mutate({ parameters: valuesOf(drafts) }, { onSuccess: onClose });
  }
  return (
    <form onSubmit={send}>
      <Stack>
        {drafts.length === 0 ? (
          <Text size="sm">This job has no parameters. It runs again with its present version.</Text>
        ) : null}
        <ParameterFields drafts={drafts} change={setDrafts} errors={valueErrors(again.error)} jobId={run.job_id} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" loading={again.isPending} disabled={wrong}>
            Run again
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Run again with other values. */
export function AgainDialog({ run, onClose }: { readonly run: Run; readonly onClose: () => void }) {
  const job = useQuery({ queryKey: ['job', run.job_id], queryFn: () => api.getJob({ params: { id: run.job_id } }) });
  return (
    <Modal opened onClose={onClose} title={`Run ${run.job_name} again`}>
      <Loaded query={job} rows={3}>
        {(data) => <Fields start={draftsOf(run, data)} run={run} onClose={onClose} />}
      </Loaded>
    </Modal>
  );
}
