import { Button, Paper, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';

/** The code that a command line tells, typed by its person. */
export function DeviceCodeForm({ onCode }: { readonly onCode: (code: string) => void }) {
  const form = useForm({ initialValues: { code: '' } });
  return (
    <Paper withBorder p="lg">
      <form onSubmit={form.onSubmit(({ code }) => onCode(code.trim()))}>
        <Stack>
          <TextInput
            label="Code"
            description="Eight letters that jtp login shows, such as BCDF-GHJK."
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={40}
            required
            {...form.getInputProps('code')}
          />
          <Button type="submit">Go on</Button>
        </Stack>
      </form>
    </Paper>
  );
}
