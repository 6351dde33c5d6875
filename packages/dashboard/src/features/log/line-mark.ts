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

export const hashOf = ({ from, to }: LineMark): string => (from === to ? `L${from}` : `L${from}-L${to}`);
