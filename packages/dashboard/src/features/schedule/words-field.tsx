import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { ProblemError, type ParseAnswer } from 'job-trigger-contract';
import { useEffect, useRef } from 'react';
import { api } from '../../lib/api.ts';
import { fieldAt, type Errors } from '../../lib/field-errors.ts';
import { browserZone } from '../../lib/time.ts';
import { withField, withRule, wordsOf, type ScheduleDraft } from './schedule-draft.ts';

const zoneOf = (draft: ScheduleDraft): string =>
  typeof draft['timezone'] === 'string' ? draft['timezone'] : browserZone();

/** What the server makes of words or a crontab line. */
export const parseWords = (text: string, draft: ScheduleDraft): Promise<ParseAnswer> =>
  api.parseSchedule({ body: { text, timezone: zoneOf(draft) } });

function Answer({ answer, choose }: { readonly answer: ParseAnswer; readonly choose: (text: string) => void }) {
  if (answer.question === null)
    return (
      <Text size="sm">
        Understood: <strong>{answer.description}</strong>
        {answer.command === null ? null : ` The command (${answer.command}) is not taken over; name it under "Run".`}
      </Text>
    );
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {answer.question}
      </Text>
      <Group gap="xs">
        {answer.choices.map(({ label, text }) => (
          <Button key={text} size="xs" variant="default" onClick={() => choose(text)}>
            {label}
          </Button>
        ))}
      </Group>
    </Stack>
  );
}

interface WordsFieldProps {
  readonly draft: ScheduleDraft;
  /** Where the schedule stands in the job, as `schedules.0`. */
  readonly path: string;
  readonly errors: Errors;
  readonly change: (draft: ScheduleDraft) => void;
}

/** A schedule in words; what is understood is taken over at once, what can mean several things is asked back. */
export function WordsField({ draft, path, errors, change }: WordsFieldProps) {
  const text = wordsOf(draft)?.text ?? '';
  const latest = useRef(draft);
  useEffect(() => {
    latest.current = draft;
  }, [draft]);
  const parse = useMutation({
    mutationFn: (asked: string) => parseWords(asked, draft),
    onSuccess: (answer, asked) => {
      // What was typed since means something else.
      if (answer.schedule === null || wordsOf(latest.current)?.text.trim() !== asked) return;
      const words = { text: wordsOf(latest.current)?.text ?? asked, understood: true };
      change(withField(withRule(latest.current, answer.schedule), 'words', words));
    },
  });
  const ask = useDebouncedCallback((asked: string) => {
    if (asked === '') parse.reset();
    else parse.mutate(asked);
  }, 300);
  function say(next: string): void {
    change(withField(draft, 'words', { text: next, understood: false }));
    ask(next.trim());
  }
  const problem = parse.error instanceof ProblemError ? parse.error.problem : null;
  const told = problem?.errors?.map((one) => one.message).join(' ') ?? problem?.detail;
  const { id, error } = fieldAt(errors, `${path}.words`);
  return (
    <Stack gap="xs" aria-live="polite">
      <TextInput
        id={id}
        label="Words or a crontab line"
        placeholder="weekdays at 9:30"
        description='"last Friday 18:00", "every 2 hours", "first of the month at noon", "*/5 * * * * command"'
        value={text}
        onChange={(event) => say(event.currentTarget.value)}
        error={text !== '' && parse.isError ? (told ?? parse.error.message) : error}
      />
      {parse.data === undefined || parse.variables !== text.trim() ? null : <Answer answer={parse.data} choose={say} />}
    </Stack>
  );
}
