import { Button, Group, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ProblemError, type Maintenance } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { sayUndoable } from '../../components/say-undoable.tsx';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { messageAt } from '../../lib/field-errors.ts';
import { fieldErrors } from '../../lib/problem.ts';
import { browserZone } from '../../lib/time.ts';
import { useMay } from '../runs/use-may.ts';
import { asItWas, changeOf, editOf } from './maintenance-draft.ts';
import { refreshAll } from './use-maintenance.ts';
import { resumeWords } from './words.ts';

const resumes = (['skip', 'one', 'all'] as const).map((value) => ({ value, label: resumeWords[value].label }));

function Form({ window, close }: { readonly window: Maintenance; readonly close: () => void }) {
  const zone = browserZone();
  const [draft, setDraft] = useState(() => editOf(window, zone));
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => api.changeMaintenance({ params: { id: window.id }, body: changeOf(window, draft, zone) }),
    onSuccess: () => {
      sayUndoable('Maintenance was changed.', () => undo.mutate());
      refreshAll(client);
      close();
    },
  });
  const undo = useMutation({
    mutationFn: () => api.changeMaintenance({ params: { id: window.id }, body: asItWas(window, draft, zone) }),
    onSuccess: () => {
      sayDone('Maintenance is as before.');
      refreshAll(client);
    },
    onError: sayFailed,
  });
  const errors = save.error instanceof ProblemError ? fieldErrors(save.error.problem) : {};
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  const write = (part: Partial<typeof draft>): void => setDraft((before) => ({ ...before, ...part }));
  return (
    <form noValidate onSubmit={submit}>
      <Stack>
        <Text size="sm">{window.scope_text}. For other jobs, set another one.</Text>
        {save.isError && Object.keys(errors).length === 0 ? <ErrorPanel error={save.error} /> : null}
        <TextInput
          type="datetime-local"
          step={1}
          label={`Begins (${zone})`}
          disabled={window.state === 'active'}
          value={draft.from}
          error={messageAt(errors, 'from')}
          onChange={(event) => write({ from: event.currentTarget.value })}
        />
        <TextInput
          type="datetime-local"
          step={1}
          label={`Ends (${zone})`}
          description="When somebody ends it, if empty"
          value={draft.until}
          error={messageAt(errors, 'until')}
          onChange={(event) => write({ until: event.currentTarget.value })}
        />
        <NativeSelect
          label="What runs afterwards, of what was held back"
          data={resumes}
          value={draft.resume}
          onChange={(event) =>
            write({ resume: resumes.find(({ value }) => value === event.currentTarget.value)?.value ?? 'skip' })
          }
        />
        <TextInput
          label="Reason"
          value={draft.reason}
          maxLength={500}
          error={messageAt(errors, 'reason')}
          onChange={(event) => write({ reason: event.currentTarget.value })}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Changes a window that is not over: its times, what follows it, its reason. */
export function EditMaintenance({ window }: { readonly window: Maintenance }) {
  const [opened, dialog] = useDisclosure(false);
  const refusal = useMay('operator');
  return (
    <>
      <Button
        size="xs"
        variant="default"
        disabled={refusal !== null}
        title={refusal ?? undefined}
        aria-label={`Edit: ${window.scope_text}`}
        onClick={dialog.open}
      >
        Edit
      </Button>
      {opened ? (
        <Modal opened onClose={dialog.close} title="Edit maintenance">
          <Form window={window} close={dialog.close} />
        </Modal>
      ) : null}
    </>
  );
}
