import { useEffect } from 'react';

/** What single keys do on the page of a review, for the dialog of keys. */
export const reviewKeys: readonly (readonly [string, string])[] = [
  ['] [', 'In a review: next and previous change'],
  ['a', 'In a review: approve'],
];

function isTaken({ target, ctrlKey, metaKey, altKey, defaultPrevented }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey || defaultPrevented) return true;
  if (target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName)))
    return true;
  return document.querySelector('[role=dialog]') !== null;
}

/** Silent while somebody types, and for the key after `g`. */
export function useReviewKeys({
  step,
  approve,
}: {
  readonly step?: (by: 1 | -1) => void;
  readonly approve?: () => void;
}): void {
  useEffect(() => {
    let prefixAt = 0;
    const acts: Readonly<Record<string, () => void>> = {
      ...(step === undefined ? {} : { ']': () => step(1), '[': () => step(-1) }),
      ...(approve === undefined ? {} : { a: approve }),
    };
    function pressed(event: KeyboardEvent): void {
      const isAfter = Date.now() - prefixAt < 1000;
      prefixAt = event.key === 'g' ? Date.now() : 0;
      const act = Object.hasOwn(acts, event.key) ? acts[event.key] : undefined;
      if (act === undefined || isAfter || isTaken(event)) return;
      event.preventDefault();
      act();
    }
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [step, approve]);
}
