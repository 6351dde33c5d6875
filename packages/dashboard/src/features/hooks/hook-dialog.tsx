import { Button, Group, Modal, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ProblemError, type HookMade, type Job } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { api } from '../../lib/api.ts';
import { messageAt } from '../../lib/field-errors.ts';
import { fieldErrors } from '../../lib/problem.ts';
import { parametersOf } from './hook-sample.ts';
import { HookSecret } from './hook-secret.tsx';

interface HookDialogProps {
  readonly job: Job;
  readonly onClose: () => void;
}

const kinds = [
  { value: 'signed', label: 'Signs its messages' },
  { value: 'keyed', label: 'Shows a key' },
] as const;

const kindWords: Readonly<Record<HookMade['kind'], string>> = {
  signed: 'As Standard Webhooks has it. A message that somebody kept cannot be changed, nor sent again later.',
  keyed: 'A long key in the header Authorization, for programs that cannot sign.',
};

/** Only what was filled in; none at all takes the fields that are named as parameters are. */
function mappingOf(paths: Readonly<Record<string, string>>): { mapping?: Record<string, string> } {
  const filled = Object.entries(paths).filter(([, path]) => path.trim() !== '');
  return filled.length === 0 ? {} : { mapping: Object.fromEntries(filled) };
}

function HookForm({ job, onClose, tell }: HookDialogProps & { readonly tell: (made: HookMade) => void }) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [kind, setKind] = useState<HookMade['kind']>('signed');
  const [paths, setPaths] = useState<Readonly<Record<string, string>>>({});
  const save = useMutation({
    mutationFn: () => api.createHook({ params: { id: job.id }, body: { name, kind, ...mappingOf(paths) } }),
    onSuccess: (made) => {
      tell(made);
      void client.invalidateQueries({ queryKey: ['hooks', job.id] });
    },
  });
  const errors = save.error instanceof ProblemError ? fieldErrors(save.error.problem) : {};
  const isElsewhere = save.isError && Object.keys(errors).length === 0;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {isElsewhere ? <ErrorPanel error={save.error} /> : null}
        <TextInput
          label="Name"
          description="Stands with the runs that it asks for."
          required
          data-autofocus
          value={name}
          error={messageAt(errors, 'name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div>
          <SegmentedControl
            fullWidth
            aria-label="How the sender proves itself"
            data={[...kinds]}
            value={kind}
            onChange={(value) => setKind(value)}
          />
          <Text size="xs" c="dimmed" mt={4}>
            {kindWords[kind]}
          </Text>
        </div>
        {job.parameters.length === 0 ? null : (
          <Text size="sm">
            Where in the JSON body each parameter stands. With none filled in, fields named as the parameters are taken.
          </Text>
        )}
        {parametersOf(job).map((parameter) => (
          <TextInput
            key={parameter}
            label={parameter}
            placeholder={`push.${parameter}`}
            value={paths[parameter] ?? ''}
            error={messageAt(errors, `mapping.${parameter}`)}
            onChange={({ currentTarget: { value } }) => setPaths((before) => ({ ...before, [parameter]: value }))}
          />
        ))}
        <Group justify="space-between">
          <Text size="xs" c="dimmed">
            What the sender needs is shown in the next step.
          </Text>
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>
              Add hook
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}

/** Adds an incoming hook, and shows its secret once. */
export function HookDialog({ job, onClose }: HookDialogProps) {
  const [made, setMade] = useState<HookMade | null>(null);
  return (
    <Modal opened onClose={onClose} title={made === null ? 'Add an incoming hook' : `${made.name} was added`} size="lg">
      {made === null ? (
        <HookForm job={job} onClose={onClose} tell={setMade} />
      ) : (
        <Stack>
          <HookSecret made={made} />
          <Group justify="flex-end">
            <Button onClick={onClose}>I have it</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
