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

/** Pixels of the log that a key moves by, where the browser's own step would be many lines. */
function stepOf(event: KeyboardEvent, viewport: number): number {
  const page = viewport - 2 * rowHeight;
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: rowHeight * 2,
    ArrowUp: -rowHeight * 2,
    PageDown: page,
    PageUp: -page,
    ' ': event.shiftKey ? -page : page,
  };
  return steps[event.key] ?? 0;
}

/** Where a log of any length is looked at. `onMoved` hears only what the person did. */
export function useLogScroll(
  lines: number,
  wrap: boolean,
  follow: boolean,
  onMoved: (place: number) => void,
): LogScroll {
  const [box, setBox] = useState<HTMLDivElement | null>(null);
  const boxRef = useRef<HTMLDivElement>(null);
  const block = useRef<HTMLDivElement>(null);
  const [viewport, setViewport] = useState(400);
  const [measured, setMeasured] = useState(1);
  const [kept, setKept] = useState(follow ? 1 : 0);
  const [formerLines, setFormerLines] = useState(lines);
  const ownScroll = useRef(0);
  const geometry: Geometry = { lines, viewport, ratio: wrap ? measured : 1 };

  // Growth moves the place, because a place is a share of the whole; the reader's lines stay where they are.
  if (formerLines !== lines) {
    setFormerLines(lines);
    if (!follow && formerLines > 0 && kept > 0)
      setKept(placeAfterGrowth({ ...geometry, lines: formerLines }, geometry, kept));
  }
  if (follow && kept !== 1) setKept(1);
  const place = mostScroll(geometry) === 0 ? 0 : kept;
  const span = spanAt(geometry, place);
  const current = useRef({ geometry, place, onMoved });

  // After every drawing, because rows change their heights when their text comes.
  useLayoutEffect(() => {
    current.current = { geometry, place, onMoved };
    const scrolled = boxRef.current;
    const rows = block.current;
    if (scrolled === null || rows === null) return;
    const target = scrollAt(geometry, place);
    if (Math.abs(scrolled.scrollTop - target) >= 1) scrolled.scrollTop = target;
    ownScroll.current = scrolled.scrollTop;
    const anchor = rows.children[span.anchor - span.from];
    if (!(anchor instanceof HTMLElement)) return;
    const top = place * viewport - (anchor.offsetTop + span.part * anchor.offsetHeight);
    rows.style.transform = `translateY(${top}px)`;
  });

  const apply = useCallback((next: number): void => {
    setKept(next);
    current.current.onMoved(next);
  }, []);

  useEffect(() => {
    if (box === null) return undefined;
    const rows = block.current;
    const observer = new ResizeObserver(() => {
      setViewport(Math.max(rowHeight, box.clientHeight));
      if (rows === null || rows.children.length === 0) return;
      const mean = rows.offsetHeight / (rowHeight * rows.children.length);
      // Only upwards and in steps, so that the bar does not tremble under the hand.
      setMeasured((before) => (mean > before * 1.2 ? mean : before));
    });
    observer.observe(box);
    if (rows !== null) observer.observe(rows);
    /** Where one pixel of the bar is many lines, the wheel and the keys still move by lines. */
    const fine = (event: Event, pixels: number): void => {
      if (!isScaled(current.current.geometry) || pixels === 0) return;
      event.preventDefault();
      apply(movedBy(current.current.geometry, current.current.place, pixels));
    };
    const wheel = (event: WheelEvent): void =>
      fine(event, event.ctrlKey ? 0 : event.deltaY * (event.deltaMode === 1 ? rowHeight : 1));
    const key = (event: KeyboardEvent): void => {
      if (event.target === box) fine(event, stepOf(event, current.current.geometry.viewport));
    };
    box.addEventListener('wheel', wheel, { passive: false });
    box.addEventListener('keydown', key);
    return () => {
      observer.disconnect();
      box.removeEventListener('wheel', wheel);
      box.removeEventListener('keydown', key);
    };
  }, [apply, box]);

  const scroller = useCallback((next: HTMLDivElement | null): void => {
    boxRef.current = next;
    setBox(next);
  }, []);
  const onScroll = useCallback((): void => {
    const scrolled = boxRef.current;
    if (scrolled === null || Math.abs(scrolled.scrollTop - ownScroll.current) < 1) return;
    ownScroll.current = scrolled.scrollTop;
    apply(placeAt(current.current.geometry, scrolled.scrollTop));
  }, [apply]);
  const moveTo = useCallback((to: (one: Geometry) => number): void => setKept(to(current.current.geometry)), []);

  return { scroller, block, geometry, place, span, onScroll, moveTo };
}
