import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { api } from '../../lib/api.ts';

const mostHits = 1000;

export interface LogSearch {
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly ignoreCase: boolean;
  readonly setIgnoreCase: (on: boolean) => void;
  /** Numbers of the lines with a hit, in order; the first thousand. */
  readonly lines: readonly number[];
  readonly hits: ReadonlySet<number>;
  readonly words: string;
  readonly error: unknown;
  /** The hit after (or before) the present one, and it becomes the present one. */
  readonly step: (direction: 1 | -1) => number | null;
  readonly here: number | null;
}

interface Finding {
  readonly asked: string;
  readonly failed: boolean;
  /** All lines with a hit; undefined until the server has answered. */
  readonly total: number | undefined;
  readonly listed: number;
  /** Of the present hit among the listed ones; -1 before the first step. */
  readonly place: number;
}

function countOf(total: number, listed: number): string {
  const all = total.toLocaleString('en');
  if (total > listed) return `${all} lines, the first ${listed.toLocaleString('en')} listed`;
  return `${all} ${total === 1 ? 'line' : 'lines'}`;
}

function wordsOf({ asked, failed, total, listed, place }: Finding): string {
  if (asked === '') return '';
  if (failed) return 'The search failed';
  if (total === undefined) return 'Searching';
  if (total === 0) return 'No line holds this text';
  const count = countOf(total, listed);
  return place < 0 ? count : `${(place + 1).toLocaleString('en')} of ${count}`;
}

/** Search by the server over the whole log. */
export function useLogSearch(runId: string, attempt: number): LogSearch {
  const [text, setText] = useState('');
  const [ignoreCase, setIgnoreCase] = useState(true);
  const [here, setHere] = useState<number | null>(null);
  const [asked] = useDebouncedValue(text, 300);
  const query = useQuery({
    queryKey: ['log-search', runId, attempt, asked, ignoreCase],
    queryFn: () =>
      api.runLog({
        params: { id: runId },
        query: { attempt, search: asked, ignore_case: ignoreCase ? 'true' : 'false', limit: mostHits },
      }),
    enabled: asked !== '',
  });
  const data = asked === '' ? undefined : query.data;
  const lines = useMemo(() => (data?.items ?? []).map((item) => item.line), [data]);
  const hits = useMemo(() => new Set(lines), [lines]);
  const place = here === null ? -1 : lines.indexOf(here);
  const words = wordsOf({ asked, failed: query.isError, total: data?.hits_total, listed: lines.length, place });

  function step(direction: 1 | -1): number | null {
    if (lines.length === 0) return null;
    const next =
      here === null ? (direction === 1 ? 0 : lines.length - 1) : (place + direction + lines.length) % lines.length;
    const line = lines[next] ?? null;
    setHere(line);
    return line;
  }
  return {
    text,
    setText: (next) => {
      setText(next);
      setHere(null);
    },
    ignoreCase,
    setIgnoreCase,
    lines,
    hits,
    words,
    error: query.error,
    step,
    here,
  };
}
