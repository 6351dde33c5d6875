import type { TimelineShape } from 'job-trigger-contract';
import type { Span } from './axis.ts';

/** A stretch that lies behind the marks of one lane, or of all where it names no job. */
export interface Band extends Span {
  readonly job: number | null;
  readonly kind: 'blackout' | 'holiday' | 'maintenance';
  /** Whose window it is, or what people are told; null where nothing is. */
  readonly label: string | null;
}

const bandWords: Readonly<Record<Band['kind'], string>> = {
  blackout: 'Blackout',
  holiday: 'Holiday',
  maintenance: 'Maintenance',
};

/** `Blackout: Books`. */
export function bandTitle({ kind, label }: Band): string {
  return label === null ? bandWords[kind] : `${bandWords[kind]}: ${label}`;
}

/** What holds runs back in a span. */
export function bandsOf({ blackouts, holidays, maintenance }: TimelineShape): readonly Band[] {
  const times = ({ job, from, to }: { readonly job: number | null; readonly from: string; readonly to: string }) => ({
    job,
    from: Date.parse(from),
    to: Date.parse(to),
  });
  return [
    ...blackouts.map((band): Band => ({ ...times(band), kind: 'blackout', label: band.name })),
    ...holidays.map((band): Band => ({ ...times(band), kind: 'holiday', label: band.name })),
    ...maintenance.map((band): Band => ({ ...times(band), kind: 'maintenance', label: band.reason })),
  ];
}

/** A line of the legend for each kind that is there: with its first four names. */
export function bandLegend(bands: readonly Band[]): readonly { readonly kind: Band['kind']; readonly words: string }[] {
  return (['blackout', 'holiday', 'maintenance'] as const).flatMap((kind) => {
    const of = bands.filter((band) => band.kind === kind);
    if (of.length === 0) return [];
    const names = [...new Set(of.flatMap(({ label }) => label ?? []))];
    const more = names.length > 4 ? ` and ${names.length - 4} more` : '';
    return [
      { kind, words: `${bandWords[kind]}${names.length === 0 ? '' : `: ${names.slice(0, 4).join('; ')}`}${more}` },
    ];
  });
}

/** One stretch as a list tells it, for all the lanes that it lies behind. */
export interface BandLine extends Span {
  readonly kind: Band['kind'];
  readonly title: string;
  /** Places of its jobs; null for all. */
  readonly jobs: readonly number[] | null;
}

/** The bands that reach into a stretch, cut to it, in the order of time: those of several jobs that are alike as one. */
export function bandLinesIn(bands: readonly Band[], { from, to }: Span): readonly BandLine[] {
  const lines = new Map<string, BandLine>();
  for (const band of bands) {
    if (band.from >= to || band.to <= from) continue;
    const title = bandTitle(band);
    const cut = { from: Math.max(band.from, from), to: Math.min(band.to, to) };
    const key = `${cut.from} ${cut.to} ${title}`;
    const before = lines.get(key)?.jobs;
    const jobs = before === null || band.job === null ? null : [...new Set([...(before ?? []), band.job])];
    lines.set(key, { ...cut, kind: band.kind, title, jobs });
  }
  return [...lines.values()].sort((a, b) => a.from - b.from || a.to - b.to);
}
