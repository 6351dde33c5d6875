import { Text } from '@mantine/core';
import { useId, useRef, useState, type DragEvent, type KeyboardEvent } from 'react';
import { indentOf } from './script-draft.ts';
import './scripts.css';

interface CodeFieldProps {
  readonly label: string;
  readonly text: string;
  readonly change: (text: string) => void;
  /** A file that was let fall on it. */
  readonly drop: (file: File) => void;
}

/** Lines that are numbered; beyond, the numbers cost more than they tell. */
const mostNumbered = 20_000;
const leastLines = 12;

/** As if it were typed, so that it can be taken back. */
function putIn(field: HTMLTextAreaElement, text: string): void {
  if (!document.execCommand('insertText', false, text)) {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

/** Text as it is read by an interpreter: equal widths, numbered lines, no wrapping. Tab indents; after Escape it leaves. */
export function CodeField({ label, text, change, drop }: CodeFieldProps) {
  const help = useId();
  const leaves = useRef(false);
  const [isOver, setOver] = useState(false);
  const lines = text.split('\n').length;
  function pressed(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.key === 'Escape') leaves.current = true;
    else if (event.key !== 'Tab') leaves.current = false;
    else if (!leaves.current && !event.shiftKey && !event.ctrlKey && !event.altKey) {
      event.preventDefault();
      putIn(event.currentTarget, indentOf(text));
    }
  }
  function dropped(event: DragEvent): void {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file !== undefined) drop(file);
  }
  return (
    <div>
      <div
        className="jtp-code"
        data-over={isOver || undefined}
        onDragOver={(event) => {
          if (!event.dataTransfer.types.includes('Files')) return;
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={dropped}
      >
        {lines > mostNumbered ? null : (
          <pre aria-hidden="true">{Array.from({ length: lines }, (_, at) => at + 1).join('\n')}</pre>
        )}
        <textarea
          aria-label={label}
          aria-describedby={help}
          value={text}
          rows={Math.max(lines, leastLines)}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          autoCorrect="off"
          onChange={(event) => change(event.currentTarget.value)}
          onKeyDown={pressed}
          onBlur={() => (leaves.current = false)}
        />
      </div>
      <Text size="xs" c="dimmed" mt={4} id={help}>
        Tab indents; Escape and then Tab leaves the field. Ctrl+S saves. A file that you drop here is taken into the
        field.
      </Text>
    </div>
  );
}
