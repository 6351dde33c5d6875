import { Button } from '@mantine/core';
import { useState } from 'react';

/** Copy also over plain HTTP, where the clipboard interface of browsers is missing. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard !== undefined && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const field = document.createElement('textarea');
  field.value = text;
  field.style.position = 'fixed';
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
}

export function CopyButton({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const [done, setDone] = useState(false);
  return (
    <Button size="xs" variant="default" onClick={() => void copyText(text).then(() => setDone(true))}>
      {done ? 'Copied' : label}
    </Button>
  );
}
