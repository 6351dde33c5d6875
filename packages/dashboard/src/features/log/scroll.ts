/** Height of an unwrapped line in CSS pixels; `log.css` says the same. */
export const rowHeight = 19;

/** Browsers cap the height of an element, the lowest at about 17.8 million pixels; beyond this one, scrolling is scaled. */
export const mostHeight = 12_000_000;

/**
 * How lines lie in a scrolled box. A place is 0 at the start and 1 at the end. The point `place · lines` of the log is
 * drawn at `place · viewport` of the box: the first line meets the top, the last one the bottom, whatever heights
 * wrapped lines have; with even heights this is what a plain long page does.
 */
export interface Geometry {
  readonly lines: number;
  /** Visible height in pixels. */
  readonly viewport: number;
  /** Mean height of a line in rows; 1 unless lines wrap. */
  readonly ratio: number;
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

const fullHeight = ({ lines, ratio }: Geometry): number => lines * rowHeight * ratio;
/** Height of the scrolled content; never more than a browser can draw. */
export const contentHeight = (geometry: Geometry): number =>
  Math.max(geometry.viewport, Math.min(fullHeight(geometry), mostHeight));
export const isScaled = (geometry: Geometry): boolean => fullHeight(geometry) > mostHeight;
export const mostScroll = (geometry: Geometry): number => Math.max(0, contentHeight(geometry) - geometry.viewport);

export function placeAt(geometry: Geometry, scrollTop: number): number {
  const most = mostScroll(geometry);
  if (most === 0) return 0;
  // Browsers stop up to a pixel before the end when heights are broken numbers.
  return most - scrollTop < 1.5 ? 1 : clamp(scrollTop / most);
}
export const scrollAt = (geometry: Geometry, place: number): number => place * mostScroll(geometry);

/** The place after moving by pixels of the log, also where one pixel of the scroll bar is many lines. */
export function movedBy(geometry: Geometry, place: number, pixels: number): number {
  const way = fullHeight(geometry) - geometry.viewport;
  return way <= 0 ? 0 : clamp(place + pixels / way);
}

/** The place that shows a line (from 1): in the middle when lines are even, else where it surely is in view. */
export function placeOf(geometry: Geometry, line: number): number {
  if (mostScroll(geometry) === 0) return 0;
  const index = line - 1;
  if (geometry.ratio > 1) return geometry.lines < 2 ? 0 : clamp(index / (geometry.lines - 1));
  const rows = geometry.viewport / rowHeight;
  return clamp((index + 0.5 - rows / 2) / (geometry.lines - rows));
}

/** The place that keeps the same lines in view after the log has grown. */
export function placeAfterGrowth(before: Geometry, after: Geometry, place: number): number {
  const rows = before.viewport / (rowHeight * before.ratio);
  if (after.lines <= rows) return 0;
  return clamp((place * Math.max(0, before.lines - rows)) / (after.lines - rows));
}

export interface Span {
  /** First and last line to draw, from 1; `to` is 0 when there is none. */
  readonly from: number;
  readonly to: number;
  /** The line that is fixed to the box, and how much of its height lies above the fixed point. */
  readonly anchor: number;
  readonly part: number;
}

/** Lines to draw at a place: enough for the box even when each is only one row high. */
export function spanAt({ lines, viewport }: Geometry, place: number): Span {
  if (lines === 0) return { from: 1, to: 0, anchor: 1, part: 0 };
  const point = place * lines;
  const index = Math.min(Math.floor(point), lines - 1);
  const above = Math.ceil((place * viewport) / rowHeight) + 1;
  const below = Math.ceil(((1 - place) * viewport) / rowHeight) + 1;
  return {
    from: Math.max(0, index - above) + 1,
    to: Math.min(lines - 1, index + below) + 1,
    anchor: index + 1,
    part: point - index,
  };
}
