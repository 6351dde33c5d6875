import { Button, Group, Modal, Stack, TagsInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ProblemError, type TeamShape } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { sayDone } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { messageAt } from '../../lib/field-errors.ts';
import { fieldErrors } from '../../lib/problem.ts';

/** Makes a team, or changes one. @param team null to make one */
export function TeamDialog({ team, onClose }: { readonly team: TeamShape | null; readonly onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(team?.name ?? '');
  const [members, setMembers] = useState<string[]>(team?.members.map(({ email }) => email) ?? []);
  const save = useMutation({
    mutationFn: () =>
      api.setTeam({ params: { name: team?.name ?? name.trim() }, body: { name: name.trim(), members } }),
    onSuccess: (saved) => {
      sayDone(`${saved.name} was saved.`);
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['teams'] }),
  });
  const errors = save.error instanceof ProblemError ? fieldErrors(save.error.problem) : {};
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={team === null ? 'Add a team' : `Change ${team.name}`} size="lg">
      <form onSubmit={submit} noValidate>
        <Stack>
          {save.isError && Object.keys(errors).length === 0 ? <ErrorPanel error={save.error} /> : null}
          <TextInput
            label="Name"
            required
            data-autofocus
            value={name}
            error={messageAt(errors, 'name')}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TagsInput
            label="Members"
            description="E-mail addresses; press Enter after each."
            value={members}
            error={messageAt(errors, 'members')}
            splitChars={[',', ' ', ';']}
            onChange={setMembers}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>
              {team === null ? 'Add team' : 'Save'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
