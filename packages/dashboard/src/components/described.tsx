import { Code } from '@mantine/core';

/** What stands between backticks is code. */
export function Described({ text }: { readonly text: string }) {
  return text.split('`').map((part, at) => (at % 2 === 1 ? <Code key={`${at} ${part}`}>{part}</Code> : part));
}
