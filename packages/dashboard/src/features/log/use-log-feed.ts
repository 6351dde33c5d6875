import { useEffect, useMemo } from 'react';
import { api } from '../../lib/api.ts';
import { LogFeed } from './log-feed.ts';

/** The feed of one attempt; it rests in a hidden tab and ends with the page. */
export function useLogFeed(runId: string, attempt: number): LogFeed {
  const feed = useMemo(
    () =>
      new LogFeed(
        ({ full_line, ...ask }) =>
          api.runLog({
            params: { id: runId },
            query: { attempt, ...ask, ...(full_line === true ? { full_line: 'true' } : {}) },
          }),
        () => document.hidden,
      ),
    [runId, attempt],
  );
  useEffect(() => {
    feed.start();
    return () => feed.stop();
  }, [feed]);
  return feed;
}
