import { Button, Group, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Run } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { Loaded } from '../../components/loaded.tsx';
import { api } from '../../lib/api.ts';
import { draftProblem, draftsOf, valuesOf, type ParameterDraft } from './parameter-draft.ts';
import { useRunActs } from './use-run-acts.ts';

/** One parameter of a run. */
export function ParameterField({
  draft,
  onChange,
}: {
  readonly draft: ParameterDraft;
  readonly onChange: (text: string) => void;
}) {
  const common = {
    label: draft.name,
    description: draft.description,
    withAsterisk: draft.required,
    error: draftProblem(draft),
    value: draft.text,
  };
  const choices = draft.kind === 'boolean' ? ['true', 'false'] : draft.choices;
  if (choices === null)
    return (
      <TextInput
        {...common}
        inputMode={draft.kind === 'number' ? 'decimal' : 'text'}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  return (
    <NativeSelect
      {...common}
      data={draft.required ? [...choices] : ['', ...choices]}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

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
    if (!wrong) again.mutate(valuesOf(drafts), { onSuccess: onClose });
  }
  return (
    <form onSubmit={send}>
      <Stack>
        {drafts.length === 0 ? (
          <Text size="sm">This job has no parameters. It runs again with its present version.</Text>
        ) : null}
        {drafts.map((draft) => (
          <ParameterField
            key={draft.name}
            draft={draft}
            onChange={(text) => setDrafts(drafts.map((one) => (one.name === draft.name ? { ...one, text } : one)))}
          />
        ))}
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
