import { useEffect, useRef, type RefObject } from 'react';

type Acts = Readonly<Record<string, () => void>>;

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && target.type !== 'checkbox');

/** Single keys while the focus is within an element; they go no further, since the page around has its own. */
export function useLogKeys(frame: RefObject<HTMLElement | null>, acts: Acts): void {
  const latest = useRef(acts);
  useEffect(() => {
    latest.current = acts;
  });
  useEffect(() => {
    const key = (event: KeyboardEvent): void => {
      const inside = event.target instanceof Node && frame.current?.contains(event.target) === true;
      if (!inside || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      const act = latest.current[event.key];
      if (act === undefined) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      act();
    };
    document.addEventListener('keydown', key, { capture: true });
    return () => document.removeEventListener('keydown', key, { capture: true });
  }, [frame]);
}
