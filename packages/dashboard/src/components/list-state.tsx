import type { ReactNode } from 'react';
import { ErrorPanel } from './error-panel.tsx';
import { Loading } from './loading.tsx';

interface ListStateProps {
  readonly query: {
    readonly isError: boolean;
    readonly isPending: boolean;
    readonly error: unknown;
    readonly refetch: () => Promise<unknown>;
  };
  /** Items that stand below. */
  readonly count: number;
  /** It goes on looking although a page held nothing. */
  readonly looks?: boolean;
  /** Lines while it loads. */
  readonly rows: number;
  /** What stands where there is nothing. */
  readonly children: ReactNode;
}

/** What a list says besides its items: that it failed, that it loads, or that there is nothing. */
export function ListState({ query, count, looks = false, rows, children }: ListStateProps) {
  if (query.isError) return <ErrorPanel error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending || looks) return <Loading rows={rows} />;
  return count === 0 ? children : null;
}
