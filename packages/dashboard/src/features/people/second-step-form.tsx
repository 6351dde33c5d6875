import { Anchor, Button, Stack, Text } from '@mantine/core';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { CodeField } from './code-field.tsx';

interface SecondStepFormProps {
  readonly isPending: boolean;
  readonly give: (code: string) => void;
  readonly back: () => void;
}

/** The one-time code, after the password was right. */
export function SecondStepForm({ isPending, give, back }: SecondStepFormProps) {
  const [code, setCode] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    give(code);
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <CodeField
          description="Six digits from your app. Without it: one of your recovery codes."
          ref={field}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button type="submit" loading={isPending}>
          Go on
        </Button>
        <Text size="sm">
          <Anchor component="button" type="button" onClick={back}>
            Sign in as somebody else
          </Anchor>
        </Text>
      </Stack>
    </form>
  );
}
