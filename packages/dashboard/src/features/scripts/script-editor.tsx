import { Alert, Button, FileButton, Group, Stack, Switch, Text } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useBlocker } from '@tanstack/react-router';
import { ProblemError, ScriptConflict } from 'job-trigger-contract';
import type { ReactNode } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { sayFailed } from '../../components/say.ts';
import { CodeField } from './code-field.tsx';
import { draftOfFile, isSame, type ScriptDraft } from './script-draft.ts';
import { PlainLines } from './script-lines.tsx';

const mostBytes = 10_485_760;

interface ScriptEditorProps {
  readonly label: string;
  /** As it was loaded. */
  readonly clean: ScriptDraft;
  readonly draft: ScriptDraft;
  readonly setDraft: (draft: ScriptDraft) => void;
  readonly save: () => void;
  readonly isSaving: boolean;
  readonly error: Error | null;
  /** What somebody else wrote meanwhile is taken in the place of this, or written over. */
  readonly settle?: { readonly theirs: () => void; readonly over: (sha256: string) => void };
  readonly cancel: ReactNode;
  /** Of a file that was chosen. */
  readonly named?: (name: string) => void;
}

function conflictOf(error: Error | null): ScriptConflict | null {
  if (!(error instanceof ProblemError) || error.code !== 'edit_conflict') return null;
  return ScriptConflict.safeParse(error.problem).data ?? null;
}

/** What a script is to hold: written, or taken from a file; nothing of it is lost by going away. */
export function ScriptEditor({
  label,
  clean,
  draft,
  setDraft,
  save,
  isSaving,
  error,
  settle,
  ...rest
}: ScriptEditorProps) {
  const changed = !isSame(draft, clean);
  useBlocker({
    shouldBlockFn: () => changed && !isSaving && !window.confirm('Leave without saving?'),
    enableBeforeUnload: () => changed && !isSaving,
  });
  const send = (): void => {
    if (!isSaving) save();
  };
  useHotkeys([['mod+S', send]], []);
  function take(file: File | null): void {
    if (file === null) return;
    if (file.size > mostBytes) {
      sayFailed(new Error(`${file.name} has ${file.size.toLocaleString('en')} bytes; at most 10 MB are taken.`));
      return;
    }
    draftOfFile(file).then((taken) => {
      setDraft(taken);
      rest.named?.(file.name);
    }, sayFailed);
  }
  const conflict = conflictOf(error);
  return (
    <Stack gap="sm">
      {conflict === null || settle === undefined ? (
        error === null ? null : (
          <ErrorPanel error={error} />
        )
      ) : (
        <Conflict conflict={conflict} isSaving={isSaving} {...settle} />
      )}
      {draft.bytes === null ? (
        <CodeField label={label} text={draft.text} change={(text) => setDraft({ ...draft, text })} drop={take} />
      ) : (
        <Alert
          variant="outline"
          title={`${draft.bytes.name}: ${draft.bytes.size.toLocaleString('en')} bytes that are no text`}
        >
          They are saved as they are, and cannot be shown or reviewed here.
        </Alert>
      )}
      <Group justify="space-between">
        <Group gap="sm">
          <FileButton onChange={take}>
            {(props) => (
              <Button variant="default" {...props}>
                Take a file
              </Button>
            )}
          </FileButton>
          {draft.bytes === null && (clean.crlf || draft.crlf) ? (
            <Switch
              label="Lines end with CR LF"
              checked={draft.crlf}
              onChange={(event) => setDraft({ ...draft, crlf: event.currentTarget.checked })}
            />
          ) : null}
        </Group>
        <Group gap="xs">
          {rest.cancel}
          <Button disabled={!changed} loading={isSaving} onClick={send}>
            Save
          </Button>
        </Group>
      </Group>
    </Stack>
  );
}

interface ConflictProps {
  readonly conflict: ScriptConflict;
  readonly isSaving: boolean;
  readonly theirs: () => void;
  readonly over: (sha256: string) => void;
}

function Conflict({ conflict: { sha256, lines }, isSaving, theirs, over }: ConflictProps) {
  return (
    <Alert
      variant="outline"
      color="yellow"
      className="jtp-alert-attention"
      title={sha256 === null ? 'It was deleted meanwhile' : 'Somebody changed it meanwhile'}
    >
      <Stack gap="sm">
        <Text size="sm">
          {sha256 === null
            ? 'Nothing was written. What you wrote is still below; it can be saved as a new script.'
            : 'Nothing was written. Taken out is what it holds now, put in is what you wrote.'}
        </Text>
        {lines === null || lines === undefined ? null : (
          <PlainLines label="What differs from what it holds now" lines={lines} />
        )}
        {sha256 === null ? null : (
          <Group gap="xs">
            <Button variant="default" onClick={theirs}>
              Take what it holds now
            </Button>
            <Button variant="default" loading={isSaving} onClick={() => over(sha256)}>
              Write mine over it
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}
