import { Stack, Text } from '@mantine/core';
import type { ScriptReview } from 'job-trigger-contract';
import { When } from '../../components/when.tsx';
import { noteWords } from './script-words.ts';

type Note = ScriptReview['notes'][number];

function Said({ note, isOfLine = false }: { readonly note: Note; readonly isOfLine?: boolean }) {
  return (
    <div>
      <Text size="sm" component="div">
        <strong>{note.by}</strong> {noteWords[note.kind]}
        {note.line === null || isOfLine ? '' : ` of line ${note.line}`}, <When at={note.at} />
        {isOfLine ? '' : `, version ${note.version}`}
      </Text>
      {note.text === '' ? null : (
        <Text size="sm" className="jtp-break">
          {note.text}
        </Text>
      )}
    </div>
  );
}

/** What was said of one line of what the file holds now. */
export function SaidHere({
  review: { notes, version },
  line,
  span,
}: {
  readonly review: ScriptReview;
  readonly line: number;
  readonly span: number;
}) {
  const here = notes.filter((note) => note.line === line && note.version === version?.number);
  if (here.length === 0) return null;
  return (
    <tr className="jtp-script-said">
      <td colSpan={span}>
        <Stack gap="xs">
          {here.map((note) => (
            <Said key={note.id} note={note} isOfLine />
          ))}
        </Stack>
      </td>
    </tr>
  );
}

/** Everything that was said and decided, newest first. */
export function ScriptHistory({ review: { notes } }: { readonly review: ScriptReview }) {
  if (notes.length === 0)
    return (
      <Text size="sm" c="dimmed">
        Nobody has said or decided anything yet.
      </Text>
    );
  return (
    <Stack gap="sm">
      {notes.toReversed().map((note) => (
        <Said key={note.id} note={note} />
      ))}
    </Stack>
  );
}
