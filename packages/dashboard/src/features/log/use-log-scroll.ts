import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import {
  isScaled,
  mostScroll,
  movedBy,
  placeAfterGrowth,
  placeAt,
  rowHeight,
  scrollAt,
  spanAt,
  type Geometry,
  type Span,
} from './scroll.ts';

interface LogScroll {
  /** For the `ref` of the scrolled box, which may come late and go. */
  readonly scroller: (box: HTMLDivElement | null) => void;
  readonly block: RefObject<HTMLDivElement | null>;
  readonly geometry: Geometry;
  readonly place: number;
  readonly span: Span;
  readonly onScroll: () => void;
  readonly moveTo: (place: (geometry: Geometry) => number) => void;
}

/** Where a log of any length is looked at. `onMoved` hears only what the person did. */
export function useLogScroll(
  lines: number,
  wrap: boolean,
  follow: boolean,
  onMoved: (place: number) => void,
): LogScroll {
  const [box, setBox] = useState<HTMLDivElement | null>(null);
  const block = useRef<HTMLDivElement>(null);
  const [viewport, setViewport] = useState(400);
  const [measured, setMeasured] = useState(1);
  const [place, setPlace] = useState(follow ? 1 : 0);
  const ownScroll = useRef(0);
  const ratio = wrap ? measured : 1;
  const geometry: Geometry = { lines, viewport, ratio };
  const former = useRef(geometry);

  // Growth moves the place, because a place is a share of the whole; the reader's lines stay where they are.
  let shown = place;
  if (follow) shown = 1;
  else if (former.current.lines !== lines && former.current.lines > 0 && place > 0)
    shown = placeAfterGrowth(former.current, geometry, place);
  if (mostScroll(geometry) === 0) shown = 0;
  const span = spanAt(geometry, shown);
  const current = useRef({ geometry, place: shown, onMoved });

  useLayoutEffect(() => {
    former.current = geometry;
    current.current = { geometry, place: shown, onMoved };
    if (shown !== place) setPlace(shown);
    const rows = block.current;
    if (box === null || rows === null) return;
    const target = scrollAt(geometry, shown);
    if (Math.abs(box.scrollTop - target) >= 1) box.scrollTop = target;
    ownScroll.current = box.scrollTop;
    const anchor = rows.children[span.anchor - span.from];
    if (!(anchor instanceof HTMLElement)) return;
    const top = shown * viewport - (anchor.offsetTop + span.part * anchor.offsetHeight);
    rows.style.transform = `translateY(${top}px)`;
    if (!wrap) return;
    const seen = rows.offsetHeight / (rowHeight * rows.children.length);
    if (seen > measured * 1.2) setMeasured(seen);
  });

  const apply = useCallback((next: number): void => {
    setPlace(next);
    current.current.onMoved(next);
  }, []);

  useEffect(() => {
    if (box === null) return undefined;
    const measure = (): void => setViewport(Math.max(rowHeight, box.clientHeight));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    /** Where one pixel of the bar is many lines, the wheel and the keys still move by lines. */
    const fine = (event: Event, pixels: number): void => {
      if (!isScaled(current.current.geometry) || pixels === 0) return;
      event.preventDefault();
      apply(movedBy(current.current.geometry, current.current.place, pixels));
    };
    const wheel = (event: WheelEvent): void =>
      fine(event, event.ctrlKey ? 0 : event.deltaY * (event.deltaMode === 1 ? rowHeight : 1));
    const key = (event: KeyboardEvent): void => {
      const page = current.current.geometry.viewport - 2 * rowHeight;
      const steps: Readonly<Record<string, number>> = {
        ArrowDown: rowHeight * 2,
        ArrowUp: -rowHeight * 2,
        PageDown: page,
        PageUp: -page,
        ' ': event.shiftKey ? -page : page,
      };
      if (event.target === box) fine(event, steps[event.key] ?? 0);
    };
    box.addEventListener('wheel', wheel, { passive: false });
    box.addEventListener('keydown', key);
    return () => {
      observer.disconnect();
      box.removeEventListener('wheel', wheel);
      box.removeEventListener('keydown', key);
    };
  }, [apply, box]);

  const onScroll = useCallback((): void => {
    if (box === null || Math.abs(box.scrollTop - ownScroll.current) < 1) return;
    ownScroll.current = box.scrollTop;
    apply(placeAt(current.current.geometry, box.scrollTop));
  }, [apply, box]);

  const moveTo = useCallback((to: (one: Geometry) => number): void => setPlace(to(current.current.geometry)), []);

  return { scroller: setBox, block, geometry, place: shown, span, onScroll, moveTo };
}
