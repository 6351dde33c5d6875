import { Button, Code, Group, Stack, Text, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { api } from '../../lib/api.ts';

/** A line as a log would show it: whether what somebody is afraid of would be hidden. */
export function MaskTest() {
  const [line, setLine] = useState('');
  const ask = useMutation({ mutationFn: () => api.maskLine({ body: { line } }) });
  const { data } = ask;
  return (
    <Stack gap="sm">
      <Textarea
        label="A line of output"
        description="As it is, in base64, as hex, in an address or in JSON: what would be hidden is shown as ***."
        autosize
        minRows={2}
        maxRows={8}
        spellCheck={false}
        autoComplete="off"
        value={line}
        onChange={(event) => {
          setLine(event.currentTarget.value);
          ask.reset();
        }}
      />
      <Group>
        <Button variant="default" loading={ask.isPending} disabled={line === ''} onClick={() => ask.mutate()}>
          Show what is hidden
        </Button>
      </Group>
      {ask.isError ? <ErrorPanel error={ask.error} /> : null}
      {data === undefined ? null : (
        <div aria-live="polite">
          <Text size="sm">
            {data.masked === line ? 'Nothing is hidden. A log would show it as it stands.' : 'A log would show:'}
          </Text>
          <Code block className="jtp-break">
            {data.masked}
          </Code>
          {data.unread.length === 0 ? null : (
            <Text size="sm" mt="xs">
              Not looked for, as they cannot be read here: {data.unread.join(', ')}.
            </Text>
          )}
        </div>
      )}
    </Stack>
  );
}
