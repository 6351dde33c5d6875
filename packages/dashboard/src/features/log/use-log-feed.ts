import type { LogWindow } from 'job-trigger-contract';
import { useEffect, useMemo } from 'react';
import { api } from '../../lib/api.ts';
import { LogFeed, type LogWatch } from './log-feed.ts';
import { base } from '../../lib/base.ts';

/** The server's stream of one attempt. A browser would make a broken one again by itself; the feed knows better where it was. */
function watchOf(runId: string, attempt: number): LogWatch {
  return (fromLine, heard, over) => {
    const query = new URLSearchParams({ follow: 'true', attempt: String(attempt), from_line: String(fromLine) });
    const source = new EventSource(`${base}/api/runs/${encodeURIComponent(runId)}/log?${query.toString()}`);
    const leave = (isEnd: boolean): void => {
      source.close();
      over(isEnd);
    };
    source.addEventListener('log', (event: MessageEvent<string>) => heard(JSON.parse(event.data) as LogWindow));
    source.addEventListener('end', () => leave(true));
    source.addEventListener('error', () => leave(false));
    return () => source.close();
  };
}

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
        watchOf(runId, attempt),
      ),
    [runId, attempt],
  );
  useEffect(() => {
    const seen = (): void => (document.hidden ? feed.stop() : feed.start());
    feed.start();
    document.addEventListener('visibilitychange', seen);
    return () => {
      document.removeEventListener('visibilitychange', seen);
      feed.stop();
    };
  }, [feed]);
  return feed;
}
