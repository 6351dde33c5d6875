import { Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ScriptReview } from 'job-trigger-contract';
import { useState } from 'react';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { begunText, shortHash, standingLooks } from './script-words.ts';

export type Decision = 'approved' | 'changes_requested' | 'rejected';

const words: Readonly<Record<Decision, { readonly title: string; readonly act: string; readonly text: string }>> = {
  approved: {
    title: 'Approve',
    act: 'Approve',
    text: 'Jobs that name it run exactly these bytes from now on.',
  },
  changes_requested: {
    title: 'Request changes',
    act: 'Request changes',
    text: 'No job runs it as it is. Whoever changes it reads this.',
  },
  rejected: {
    title: 'Reject',
    act: 'Reject',
    text: 'No job runs it as it is; an approval of it is withdrawn.',
  },
};

/** Asks for the note, and decides about what was looked at: refused when the file holds something else by now. */
export function DecisionDialog({
  review,
  decision,
  close,
}: {
  readonly review: ScriptReview;
  readonly decision: Decision;
  readonly close: () => void;
}) {
  const [note, setNote] = useState('');
  const client = useQueryClient();
  const sha256 = review.version?.sha256 ?? '';
  const decide = useMutation({
    mutationFn: () =>
      api.decideScript({
        params: { id: review.id },
        body: { decision, sha256, note: note.trim() === '' ? null : note },
      }),
    onSuccess: (changed) => {
      client.setQueryData(['scripts', 'review', review.id], changed);
      void client.invalidateQueries({ queryKey: ['scripts'] });
      const begun = begunText(changed, changed.approvals_needed);
      const stands = standingLooks[changed.standing].label.toLowerCase();
      sayDone(`${changed.path}: ${begun === null ? stands : `approved ${begun}`}.`);
      close();
    },
    onError: (error) => {
      sayFailed(error);
      void client.invalidateQueries({ queryKey: ['scripts'] });
    },
  });
  const { title, act, text } = words[decision];
  const isFirst = decision === 'approved' && review.approved_by.length + 1 < review.approvals_needed;
  const isNeeded = decision !== 'approved';
  return (
    <Modal opened onClose={close} title={`${title}: ${review.path}`}>
      <Stack>
        <Text size="sm">
          {isFirst ? 'Jobs run these bytes once another person has approved them, too.' : text} Version{' '}
          {review.version?.number}, SHA-256 {shortHash(sha256)}.
        </Text>
        <Textarea
          label="Note"
          description={isNeeded ? 'What is wrong with it' : 'For whoever looks later; it may stay empty'}
          required={isNeeded}
          autosize
          minRows={2}
          maxLength={2000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          data-autofocus
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button
            {...(decision === 'rejected' ? { color: 'red' } : {})}
            disabled={isNeeded && note.trim() === ''}
            loading={decide.isPending}
            onClick={() => decide.mutate()}
          >
            {act}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
