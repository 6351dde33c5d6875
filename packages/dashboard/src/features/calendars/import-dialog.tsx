import { Button, FileButton, Group, List, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { CalendarImported } from 'job-trigger-contract';
import { useState } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { api } from '../../lib/api.ts';
import type { CalendarDraft } from './calendar-draft.ts';
import { entriesIn, formatOf, foundText } from './taking-over.ts';

const mostBytes = 1_000_000;

interface ImportDialogProps {
  readonly draft: CalendarDraft;
  readonly take: (answer: CalendarImported, format: 'ics' | 'json') => void;
  readonly onClose: () => void;
}

/** Entries of an iCalendar or JSON file, shown before they are taken over into what is being written. */
export function ImportDialog({ draft, take, onClose }: ImportDialogProps) {
  const [text, setText] = useState('');
  const format = formatOf(text);
  const look = useMutation({
    mutationFn: () =>
      api.importCalendar({
        body: { format, text, kind: draft.kind, timezone: draft.timezone, dry_run: true },
      }),
  });
  const found = look.data;
  const count = found === undefined ? 0 : entriesIn(found);
  const read = (next: string): void => {
    setText(next);
    look.reset();
  };
  return (
    <Modal opened onClose={onClose} title="Import a calendar file" size="lg">
      <Stack>
        <Group>
          <FileButton
            accept=".ics,.json,text/calendar,application/json"
            onChange={(file) => {
              if (file !== null)
                void file
                  .slice(0, mostBytes + 1)
                  .text()
                  .then(read);
            }}
          >
            {(props) => (
              <Button variant="default" {...props}>
                Choose a file
              </Button>
            )}
          </FileButton>
          <Text size="sm" c="dimmed">
            iCalendar (.ics) or JSON, at most 1 MB; or paste its text.
          </Text>
        </Group>
        <Textarea
          label="Text of the file"
          placeholder="BEGIN:VCALENDAR …"
          rows={8}
          value={text}
          onChange={(event) => read(event.currentTarget.value)}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        />
        {look.isError ? <ErrorPanel error={look.error} /> : null}
        {found === undefined ? null : (
          <div aria-live="polite">
            <Text size="sm">{foundText(found)}</Text>
            <List size="sm">
              {found.notes.map((note) => (
                <List.Item key={note}>{note}</List.Item>
              ))}
            </List>
          </div>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          {found === undefined || count === 0 ? (
            <Button disabled={text.trim() === ''} loading={look.isPending} onClick={() => look.mutate()}>
              Look
            </Button>
          ) : (
            <Button
              onClick={() => {
                take(found, format);
                onClose();
              }}
            >
              Take over {count}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
