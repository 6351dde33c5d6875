import { TextInput, type TextInputProps } from '@mantine/core';

/** Six digits of an app, as phones and password managers fill them in. */
export function CodeField(props: TextInputProps) {
  return (
    <TextInput
      label="One-time code"
      autoComplete="one-time-code"
      spellCheck={false}
      maxLength={40}
      required
      {...props}
    />
  );
}
