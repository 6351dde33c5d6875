import { Autocomplete, Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ProblemError, type Person } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { sayDone } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { messageAt } from '../../lib/field-errors.ts';
import { fieldErrors } from '../../lib/problem.ts';

/** Name and zone of whoever is signed in. */
export function ProfileForm({ person }: { readonly person: Person }) {
  const client = useQueryClient();
  const zones = useQuery({ queryKey: ['timezones'], queryFn: () => api.timezones(), staleTime: Infinity });
  const [name, setName] = useState(person.name);
  const [timezone, setTimezone] = useState(person.timezone);
  const save = useMutation({
    mutationFn: () => api.patchProfile({ body: { name, timezone } }),
    onSuccess: () => {
      sayDone('Saved.');
      void client.invalidateQueries({ queryKey: ['session'] });
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
      <Stack maw={480}>
        {isElsewhere ? <ErrorPanel error={save.error} /> : null}
        <TextInput label="E-mail" value={person.email} readOnly />
        <TextInput
          label="Name"
          description="Stands with what you do."
          autoComplete="name"
          required
          value={name}
          error={messageAt(errors, 'name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Autocomplete
          label="Time zone"
          data={(zones.data?.items ?? []).map((zone) => zone.name)}
          limit={50}
          required
          value={timezone}
          error={messageAt(errors, 'timezone')}
          onChange={setTimezone}
        />
        <Group>
          <Button
            type="submit"
            loading={save.isPending}
            disabled={name === person.name && timezone === person.timezone}
          >
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
