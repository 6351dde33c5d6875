import { useEffect, type RefObject } from 'react';

/** What single keys do within the list, for the dialog of keys. */
export const attentionKeys: readonly (readonly [string, string])[] = [
  ['j k', 'In Attention: next and previous item'],
  ['Enter', 'In Attention: open the item'],
  ['a', 'In Attention: acknowledge'],
  ['r', 'In Attention: retry'],
  ['s', 'In Attention: snooze'],
];

const steps: Readonly<Record<string, number>> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
const acts: Readonly<Record<string, string>> = { a: 'acknowledge', r: 'retry', s: 'snooze', Enter: 'open' };

function isTaken(event: KeyboardEvent): boolean {
  const { target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true;
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return true;
  // Also while a menu is still on its way to the focus: the list must not take the arrow meant for it.
  return document.querySelector('[role=menu], [role=dialog]') !== null;
}

/** Where the focus is among the items. */
function placeIn(list: HTMLElement): { readonly items: readonly HTMLElement[]; readonly here: number } {
  const items = [...list.querySelectorAll<HTMLElement>('[data-item]')];
  return { items, here: items.findIndex((item) => item.contains(document.activeElement)) };
}

function move(list: HTMLElement, step: number): void {
  const { items, here } = placeIn(list);
  const next = here === -1 ? 0 : Math.min(items.length - 1, Math.max(0, here + step));
  items[next]?.focus();
}

/** @returns false when nothing was pressed. A button that has the focus is pressed by Enter anyway. */
function press(list: HTMLElement, act: string): boolean {
  const { items, here } = placeIn(list);
  const item = items[here];
  if (item === undefined || (act === 'open' && document.activeElement !== item)) return false;
  item.querySelector<HTMLElement>(`[data-act=${act}]`)?.click();
  return true;
}

/** Moves between items and presses their buttons; silent while somebody types, and for the key after `g`. */
export function useAttentionKeys(list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    let prefixAt = 0;
    const isPrefixed = ({ key }: KeyboardEvent): boolean => {
      const isAfter = Date.now() - prefixAt < 1000;
      prefixAt = key === 'g' ? Date.now() : 0;
      return key === 'g' || isAfter;
    };
    function pressed(event: KeyboardEvent): void {
      if (list.current === null || isTaken(event) || isPrefixed(event)) return;
      const step = steps[event.key];
      const act = acts[event.key];
      if (step !== undefined) move(list.current, step);
      else if (act === undefined || !press(list.current, act)) return;
      event.preventDefault();
    }
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [list]);
}
