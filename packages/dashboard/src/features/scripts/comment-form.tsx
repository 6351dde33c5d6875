import { Button, Group, Stack, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ScriptReview } from 'job-trigger-contract';
import { useState } from 'react';
import { sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';

interface CommentFormProps {
  readonly review: ScriptReview;
  /** From 1; null for the whole. */
  readonly line: number | null;
  readonly close: () => void;
}

/** Says something of a line, or of the whole. */
export function CommentForm({ review, line, close }: CommentFormProps) {
  const [text, setText] = useState('');
  const client = useQueryClient();
  const say = useMutation({
    mutationFn: () =>
      api.commentScript({
        params: { id: review.id },
        body: { sha256: review.version?.sha256 ?? '', line, text },
      }),
    onSuccess: (changed) => {
      client.setQueryData(['scripts', 'review', review.id], changed);
      setText('');
      close();
    },
    onError: sayFailed,
  });
  return (
    <Stack gap="xs">
      <Textarea
        label={line === null ? 'Comment' : `Comment on line ${line}`}
        autosize
        minRows={2}
        maxLength={2000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
      />
      <Group gap="xs">
        <Button size="xs" disabled={text.trim() === ''} loading={say.isPending} onClick={() => say.mutate()}>
          Say it
        </Button>
        {line === null ? null : (
          <Button size="xs" variant="default" onClick={close}>
            Cancel
          </Button>
        )}
      </Group>
    </Stack>
  );
}
