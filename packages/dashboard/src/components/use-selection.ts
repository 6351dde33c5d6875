import { useState } from 'react';

export interface Selection {
  readonly ids: ReadonlySet<string>;
  /** Selects or lets go; with `range` everything between it and the one before. */
  readonly toggle: (id: string, range: boolean) => void;
  readonly set: (ids: readonly string[]) => void;
  /** What stands on the page, in its order. */
  readonly shown: readonly string[];
}

/** What a click on `id` makes of a selection. Pure. */
export function toggled(
  {
    ids,
    shown,
    last,
  }: { readonly ids: ReadonlySet<string>; readonly shown: readonly string[]; readonly last: string | null },
  id: string,
  range: boolean,
): ReadonlySet<string> {
  const next = new Set(ids);
  const [from, to] = [last === null ? -1 : shown.indexOf(last), shown.indexOf(id)];
  const touched = range && from !== -1 && to !== -1 ? shown.slice(Math.min(from, to), Math.max(from, to) + 1) : [id];
  const select = !ids.has(id);
  for (const one of touched) {
    if (select) next.add(one);
    else next.delete(one);
  }
  return next;
}

/** Rows that a person chose; what is no longer on the page is no longer chosen. */
export function useSelection(shown: readonly string[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [last, setLast] = useState<string | null>(null);
  const ids = new Set(shown.filter((id) => chosen.has(id)));
  return {
    ids,
    shown,
    toggle(id, range) {
      setChosen(toggled({ ids, shown, last }, id, range));
      setLast(id);
    },
    set(next) {
      setChosen(new Set(next));
      setLast(null);
    },
  };
}
