import { Autocomplete, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { ProblemError } from 'job-trigger-contract';
import { useState } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { api } from '../../lib/api.ts';
import { fieldErrors } from '../../lib/problem.ts';
import { browserZone } from '../../lib/time.ts';

interface AcceptFormProps {
  readonly token: string;
  readonly email: string;
  /** @param cookie false where the browser could not be given its session */
  readonly onDone: (cookie: boolean) => Promise<void>;
}

/** What somebody who was invited says of themselves. */
export function AcceptForm({ token, email, onDone }: AcceptFormProps) {
  const zones = useQuery({ queryKey: ['timezones'], queryFn: () => api.timezones(), staleTime: Infinity });
  const [failure, setFailure] = useState<unknown>(null);
  const form = useForm({
    initialValues: { name: '', password: '', timezone: browserZone() },
    validate: { password: (value) => (new TextEncoder().encode(value).length < 8 ? 'At least 8 characters.' : null) },
  });

  async function accept(values: typeof form.values): Promise<void> {
    setFailure(null);
    try {
      const { cookie } = await api.acceptInvitation({ body: { ...values, token } });
      await onDone(cookie);
    } catch (error) {
      if (error instanceof ProblemError) form.setErrors(fieldErrors(error.problem));
      setFailure(error);
    }
  }
  return (
    <form onSubmit={form.onSubmit(accept)}>
      <Stack>
        {failure === null ? null : <ErrorPanel error={failure} />}
        <TextInput label="E-mail" autoComplete="username" value={email} readOnly />
        <TextInput label="Name" autoComplete="name" required {...form.getInputProps('name')} />
        <Autocomplete
          label="Time zone"
          description="In which times are shown to you."
          data={(zones.data?.items ?? []).map((zone) => zone.name)}
          limit={50}
          required
          {...form.getInputProps('timezone')}
        />
        <PasswordInput
          label="Password"
          description="At least 8 characters; a sentence is best."
          autoComplete="new-password"
          required
          {...form.getInputProps('password')}
        />
        <Button type="submit" loading={form.submitting}>
          Create my account
        </Button>
      </Stack>
    </form>
  );
}
