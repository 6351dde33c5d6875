import { useEffect } from 'react';
import { setAttention } from '../../lib/store.ts';
import { useAttentionCount } from './use-attention.ts';

const most = 99;

/** How many nobody has acknowledged, beside a word. */
export function AttentionCount() {
  const count = useAttentionCount().data?.unread ?? 0;
  return count === 0 ? null : <strong className="jtp-count">{count > most ? `${most}+` : count}</strong>;
}

/** The same in the title of the tab, on every page. */
export function useAttentionTitle(): void {
  const count = useAttentionCount().data?.unread ?? 0;
  useEffect(() => setAttention(count), [count]);
}
