import type { TimelineShape } from 'job-trigger-contract';
import type { Span } from './axis.ts';

/** A stretch that lies behind the marks of one lane, or of all where it names no job. */
export interface Band extends Span {
  readonly job: number | null;
  readonly kind: 'blackout' | 'maintenance';
  /** Whose window it is, or what people are told; null where nothing is. */
  readonly label: string | null;
}

const bandWords: Readonly<Record<Band['kind'], string>> = { blackout: 'Blackout', maintenance: 'Maintenance' };

/** `Blackout: Books`. */
export function bandTitle({ kind, label }: Band): string {
  return label === null ? bandWords[kind] : `${bandWords[kind]}: ${label}`;
}

/** What holds runs back in a span. */
export function bandsOf({ blackouts, maintenance }: TimelineShape): readonly Band[] {
  const times = ({ job, from, to }: { readonly job: number | null; readonly from: string; readonly to: string }) => ({
    job,
    from: Date.parse(from),
    to: Date.parse(to),
  });
  return [
    ...blackouts.map((band): Band => ({ ...times(band), kind: 'blackout', label: band.name })),
    ...maintenance.map((band): Band => ({ ...times(band), kind: 'maintenance', label: band.reason })),
  ];
}

/** A line of the legend for each kind that is there: with its first four names. */
export function bandLegend(bands: readonly Band[]): readonly { readonly kind: Band['kind']; readonly words: string }[] {
  return (['blackout', 'maintenance'] as const).flatMap((kind) => {
    const of = bands.filter((band) => band.kind === kind);
    if (of.length === 0) return [];
    const names = [...new Set(of.flatMap(({ label }) => label ?? []))];
    const more = names.length > 4 ? ` and ${names.length - 4} more` : '';
    return [
      { kind, words: `${bandWords[kind]}${names.length === 0 ? '' : `: ${names.slice(0, 4).join('; ')}`}${more}` },
    ];
  });
}
