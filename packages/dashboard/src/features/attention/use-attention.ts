import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import type { AttentionPage, AttentionShape, Client } from 'job-trigger-contract';
import { sayDone, sayFailed, sayTrouble } from '../../components/say.ts';
import { sayUndoable } from '../../components/say-undoable.tsx';
import { api } from '../../lib/api.ts';
import { refreshTopics } from '../../lib/query.ts';

type Filter = NonNullable<NonNullable<Parameters<Client['listAttention']>[0]>['query']>;

/** How many need somebody; asked again by the stream, and every half minute without it. */
export function useAttentionCount() {
  return useQuery({ queryKey: ['attention', 'count'], queryFn: () => api.countAttention(), refetchInterval: 30_000 });
}

export function useAttentionList(filter: Filter) {
  return useInfiniteQuery({
    queryKey: ['attention', 'list', filter],
    queryFn: ({ pageParam }) =>
      api.listAttention({ query: { ...filter, limit: 25, ...(pageParam === null ? {} : { cursor: pageParam }) } }),
    initialPageParam: null as string | null,
    getNextPageParam: (page: AttentionPage) => page.next_cursor,
    placeholderData: (before) => before,
    refetchInterval: 30_000,
  });
}

/** The newest that are open. */
export function useNewestAttention(limit: number) {
  return useQuery({
    queryKey: ['attention', 'newest', limit],
    queryFn: () => api.listAttention({ query: { limit } }),
    refetchInterval: 30_000,
  });
}

export function useAttentionItem(id: string) {
  return useQuery({ queryKey: ['attention', 'item', id], queryFn: () => api.getAttention({ params: { id } }) });
}

export interface RetryWish {
  readonly which: 'newest' | 'all';
  readonly at?: string;
  readonly reset_failure_count?: boolean;
}

const settled = { onError: sayFailed, onSettled: () => refreshTopics(['attention', 'alerts', 'runs']) };

/** What people do with one item; each tells how it went. */
export function useAttentionActs({ id, title }: Pick<AttentionShape, 'id' | 'title'>) {
  const params = { id };
  const acknowledge = useMutation({
    mutationFn: () => api.acknowledgeAttention({ params }),
    onSuccess: ({ state }) => sayDone(state === 'resolved' ? `Closed: ${title}` : `Acknowledged: ${title}`),
    ...settled,
  });
  const assign = useMutation({
    mutationFn: (owner: 'me' | null) => api.assignAttention({ params, body: { owner } }),
    onSuccess: ({ owner }) => sayDone(owner === null ? `Nobody owns: ${title}` : `${owner.name} owns: ${title}`),
    ...settled,
  });
  const note = useMutation({
    mutationFn: (text: string) => api.noteAttention({ params, body: { note: text === '' ? null : text } }),
    onSuccess: () => sayDone('Note saved'),
    ...settled,
  });
  const snooze = useMutation({
    mutationFn: (until: string | null) => api.snoozeAttention({ params, body: { until } }),
    onSuccess: ({ snoozed_until: until }) => {
      if (until === null) sayDone(`Back: ${title}`);
      else sayUndoable(`Put off: ${title}`, () => snooze.mutate(null));
    },
    ...settled,
  });
  const reopen = useMutation({
    mutationFn: () => api.reopenAttention({ params }),
    onSuccess: () => sayDone(`Open again: ${title}`),
    ...settled,
  });
  const resolve = useMutation({
    mutationFn: () => api.resolveAttention({ params }),
    onSuccess: () => sayUndoable(`Resolved: ${title}`, () => reopen.mutate()),
    ...settled,
  });
  const retry = useMutation({
    mutationFn: (wish: RetryWish) => api.retryAttention({ params, body: wish }),
    onSuccess: ({ retried, before, refused, items }) => {
      if (retried > 0) sayDone(retried === 1 ? '1 run starts again' : `${retried} runs start again`);
      else if (refused === 0) sayDone(before === 1 ? 'It was run again before' : 'All were run again before');
      if (refused > 0)
        sayTrouble(
          `${refused} refused`,
          [...new Set(items.flatMap(({ message }) => message ?? []))].slice(0, 3).join(' '),
        );
    },
    ...settled,
  });
  return { acknowledge, assign, note, snooze, reopen, resolve, retry };
}

export type AttentionActs = ReturnType<typeof useAttentionActs>;
