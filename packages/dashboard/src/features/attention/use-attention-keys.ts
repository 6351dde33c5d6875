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
  return target.closest('[role=menu]') !== null || document.querySelector('[role=dialog]') !== null;
}

const itemsIn = (list: HTMLElement): readonly HTMLElement[] => [...list.querySelectorAll<HTMLElement>('[data-item]')];

/** Moves between items and presses their buttons; silent while somebody types, and for the key after `g`. */
export function useAttentionKeys(list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    let prefixAt = 0;
    function pressed(event: KeyboardEvent): void {
      if (list.current === null || isTaken(event)) return;
      const isAfterPrefix = Date.now() - prefixAt < 1000;
      prefixAt = event.key === 'g' ? Date.now() : 0;
      if (event.key === 'g' || isAfterPrefix) return;
      const items = itemsIn(list.current);
      const here = items.findIndex((item) => item.contains(document.activeElement));
      const step = steps[event.key];
      if (step !== undefined) {
        event.preventDefault();
        const next = here === -1 ? 0 : Math.min(items.length - 1, Math.max(0, here + step));
        items[next]?.focus();
        return;
      }
      const act = acts[event.key];
      const item = items[here];
      // A button that has the focus is pressed by Enter anyway.
      if (act === undefined || item === undefined || (act === 'open' && document.activeElement !== item)) return;
      event.preventDefault();
      item.querySelector<HTMLElement>(`[data-act=${act}]`)?.click();
    }
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [list]);
}
