import { Button, Group, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { ProblemError } from 'job-trigger-contract';
import { useState } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { sayDone } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { fieldErrors } from '../../lib/problem.ts';

/** A new password; every other sign-in ends with it. */
export function PasswordForm() {
  const client = useQueryClient();
  const [failure, setFailure] = useState<unknown>(null);
  const form = useForm({
    initialValues: { current_password: '', new_password: '' },
    validate: {
      new_password: (value) => (new TextEncoder().encode(value).length < 8 ? 'At least 8 characters.' : null),
    },
  });

  async function change(body: typeof form.values): Promise<void> {
    setFailure(null);
    try {
      await api.changePassword({ body });
      form.reset();
      sayDone('The password is changed. You are signed out everywhere else.');
      await client.invalidateQueries({ queryKey: ['sign-ins'] });
    } catch (error) {
      const errors = error instanceof ProblemError ? fieldErrors(error.problem) : {};
      form.setErrors(errors);
      if (Object.keys(errors).length === 0) setFailure(error);
    }
  }
  return (
    <form onSubmit={form.onSubmit(change)}>
      <Stack maw={480}>
        {failure === null ? null : <ErrorPanel error={failure} />}
        <PasswordInput
          label="Current password"
          autoComplete="current-password"
          required
          {...form.getInputProps('current_password')}
        />
        <PasswordInput
          label="New password"
          description="At least 8 characters; a sentence is best."
          autoComplete="new-password"
          required
          {...form.getInputProps('new_password')}
        />
        <Group>
          <Button type="submit" loading={form.submitting}>
            Change password
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
