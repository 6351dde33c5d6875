/** Lines named in an address: `L120`, or `L120-L140`. */
export interface LineMark {
  readonly from: number;
  readonly to: number;
}

export function markOf(hash: string): LineMark | null {
  const found = /^#?L(\d{1,12})(?:-L?(\d{1,12}))?$/.exec(hash);
  if (found === null) return null;
  const one = Number(found[1]);
  const other = found[2] === undefined ? one : Number(found[2]);
  return one < 1 || other < 1 ? null : { from: Math.min(one, other), to: Math.max(one, other) };
}

/** A mark that reaches from where it began to another line; without one, that line alone. */
export function reaching(mark: LineMark | null, line: number): LineMark {
  const began = mark?.from ?? line;
  return { from: Math.min(began, line), to: Math.max(began, line) };
}

export type LineLook = 'here' | 'hit' | 'marked' | '';

/** How a line stands out: the hit one is at, another hit, a marked line. */
export function lookOf(
  line: number,
  {
    here,
    hits,
    mark,
  }: { readonly here: number | null; readonly hits: ReadonlySet<number>; readonly mark: LineMark | null },
): LineLook {
  if (line === here) return 'here';
  if (hits.has(line)) return 'hit';
  return mark !== null && line >= mark.from && line <= mark.to ? 'marked' : '';
}

export const hashOf = ({ from, to }: LineMark): string => (from === to ? `L${from}` : `L${from}-L${to}`);
