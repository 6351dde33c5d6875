import { useSyncExternalStore } from 'react';
import { refreshTopics } from './query.ts';
import { base } from './base.ts';

/** How the pages hear of changes, in the words of the pill. */
export type Connection =
  | { readonly kind: 'connecting' | 'live' }
  | { readonly kind: 'reconnecting'; readonly seconds: number }
  | { readonly kind: 'polling' }
  | { readonly kind: 'offline'; readonly since: number };

const everything = ['runs', 'jobs', 'workers', 'schedulers', 'events', 'alerts', 'attention'];
const pollMs = 5000;
const reconnectSeconds = [1, 2, 4, 8, 15, 30];

let connection: Connection = { kind: 'connecting' };
const listeners = new Set<() => void>();
function become(next: Connection): void {
  connection = next;
  for (const listener of listeners) listener();
}

/** Topics named by one message; everything when it cannot be read, because a hint may only be too wide. */
function topicsOf(data: string): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(data);
    if (typeof parsed === 'object' && parsed !== null && 'topics' in parsed && Array.isArray(parsed.topics)) {
      return parsed.topics.filter((topic): topic is string => typeof topic === 'string');
    }
  } catch {
    // Falls through to everything.
  }
  return everything;
}

/** Collects hints so that a burst of runs costs one refresh a quarter of a second. */
function batcher(): (topics: readonly string[]) => void {
  let waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (topics) => {
    for (const topic of topics) waiting.add(topic);
    timer ??= setTimeout(() => {
      timer = undefined;
      const now = [...waiting];
      waiting = new Set();
      refreshTopics(now);
    }, 250);
  };
}

/** Keep the stream open until the returned function is called; rests in a hidden tab, polls when it cannot be had. */
export function openStream(): () => void {
  const hint = batcher();
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let ended = false;

  function close(): void {
    source?.close();
    source = undefined;
    clearTimeout(timer);
  }
  function poll(): void {
    refreshTopics(everything);
    timer = setTimeout(failures > 6 ? connect : poll, pollMs);
    failures += 1;
  }
  function lost(): void {
    close();
    if (ended) return;
    if (!navigator.onLine) {
      become({ kind: 'offline', since: Date.now() });
      return;
    }
    const seconds = reconnectSeconds[failures];
    failures += 1;
    if (failures > 3) {
      become({ kind: 'polling' });
      failures = 4;
      poll();
      return;
    }
    become({ kind: 'reconnecting', seconds: seconds ?? 30 });
    timer = setTimeout(connect, (seconds ?? 30) * 1000);
  }
  function connect(): void {
    close();
    source = new EventSource(`${base}/api/stream`);
    const heard = (event: MessageEvent<string>): void => hint(topicsOf(event.data));
    source.addEventListener('open', () => {
      if (failures > 0) refreshTopics(everything);
      failures = 0;
      become({ kind: 'live' });
    });
    for (const name of ['message', 'hint', 'change', 'resync']) source.addEventListener(name, heard);
    source.addEventListener('error', lost);
  }
  function seen(): void {
    if (document.hidden) close();
    else {
      failures = 0;
      refreshTopics(everything);
      connect();
    }
  }
  function offline(): void {
    close();
    become({ kind: 'offline', since: Date.now() });
  }
  document.addEventListener('visibilitychange', seen);
  window.addEventListener('online', seen);
  window.addEventListener('offline', offline);
  connect();
  return () => {
    ended = true;
    close();
    document.removeEventListener('visibilitychange', seen);
    window.removeEventListener('online', seen);
    window.removeEventListener('offline', offline);
  };
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => connection,
  );
}
