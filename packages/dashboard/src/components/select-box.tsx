import { Checkbox } from '@mantine/core';
import type { Selection } from './use-selection.ts';

/** Chooses a row; with shift all up to the one before. */
export function SelectBox({
  selection,
  id,
  name,
}: {
  readonly selection: Selection;
  readonly id: string;
  readonly name: string;
}) {
  return (
    <Checkbox
      size="xs"
      aria-label={`Select ${name}`}
      checked={selection.ids.has(id)}
      // Only a click knows of shift, and the space bar clicks too.
      onClick={(event) => selection.toggle(id, event.shiftKey)}
      onChange={() => undefined}
    />
  );
}

/** Chooses all rows of the page, or none. */
export function SelectAll({ selection }: { readonly selection: Selection }) {
  const { ids, shown } = selection;
  return (
    <Checkbox
      size="xs"
      aria-label="Select all on this page"
      checked={ids.size > 0 && ids.size === shown.length}
      indeterminate={ids.size > 0 && ids.size < shown.length}
      onChange={() => selection.set(ids.size === shown.length ? [] : shown)}
    />
  );
}
