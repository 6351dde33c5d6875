import { useEffect } from 'react';

interface Pages {
  readonly isSuccess: boolean;
  readonly isPlaceholderData: boolean;
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => Promise<unknown>;
}

/**
 * A page of a list may be empty and have a next one: so much was looked through without a match. Then the next one is asked
 * for, until something is found or all was looked at. Answers whether it still looks.
 */
export function useGoOn(query: Pages, found: number): boolean {
  const { isSuccess, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const looks = isSuccess && !isPlaceholderData && found === 0 && hasNextPage;
  useEffect(() => {
    if (looks && !isFetchingNextPage) void fetchNextPage();
  }, [looks, isFetchingNextPage, fetchNextPage]);
  return looks;
}
