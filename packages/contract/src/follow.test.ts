import { describe, expect, test, vi } from 'vitest';
import type { Transport } from './client.ts';
import { createFollower, eventsOf } from './follow.ts';
import type { LogWindow } from './shapes/run.ts';

const windowOf = (lines: readonly string[], from: number): LogWindow => ({
  items: lines.map((text, at) => ({ line: from + at, at: null, stream: 'stdout', text })),
  lines: from + lines.length - 1,
  bytes: 0,
  cut_bytes: 0,
  complete: false,
  first_error_line: null,
  attempt: 1,
});
const logEvent = (lines: readonly string[], from = 1): string =>
  `event: log\nid: 1:${from + lines.length - 1}\ndata: ${JSON.stringify(windowOf(lines, from))}\n\n`;
const end = 'event: end\ndata: {}\n\n';

type Act = readonly string[] | 'no answer' | number;

/** A server that does one thing a connection; a list ends the connection when it is said. */
function server(...acts: Act[]) {
  const asked: { readonly path: string; readonly last: string | undefined }[] = [];
  const transport: Transport = async ({ path, headers }) => {
    const act = acts[asked.length];
    asked.push({ path, last: headers['last-event-id'] });
    if (act === undefined || act === 'no answer') throw new Error('nobody there');
    if (typeof act === 'number')
      return { status: act, headers: { get: () => null }, text: async () => '', pieces: async function* () {} };
    return {
      status: 200,
      headers: { get: () => null },
      text: async () => '',
      pieces: async function* () {
        yield* act;
      },
    };
  };
  return { asked, follow: createFollower(transport) };
}

/** Every pause is over at once. */
async function heard(follow: ReturnType<typeof createFollower>, signal?: AbortSignal): Promise<string[]> {
  vi.useFakeTimers();
  vi.setTimerTickMode('nextTimerAsync');
  try {
    const texts: string[] = [];
    for await (const { items } of follow({ id: 'x', fromLine: 1, ...(signal === undefined ? {} : { signal }) }))
      texts.push(...items.map(({ text }) => text));
    return texts;
  } finally {
    vi.useRealTimers();
  }
}

test('events are read however the network cuts them, comments and other fields aside', async () => {
  const whole = `retry: 1000\n\n: still here\n\nevent: log\nid: 1:2\ndata: {"a":1}\n\ndata: x\n\n`;
  for (const size of [1, 2, 7, 1000]) {
    const pieces = async function* () {
      for (let at = 0; at < whole.length; at += size) yield whole.slice(at, at + size);
    };
    const found = [];
    for await (const event of eventsOf(pieces())) found.push(event);
    expect(found).toEqual([
      { name: 'log', id: '1:2', data: '{"a":1}' },
      { name: 'message', id: null, data: 'x' },
    ]);
  }
});

describe('following a log', () => {
  test('asks once when nothing breaks', async () => {
    const { asked, follow } = server([logEvent(['one', 'two']), end]);
    expect(await heard(follow)).toEqual(['one', 'two']);
    expect(asked).toEqual([{ path: '/api/runs/x/log?follow=true&from_line=1', last: undefined }]);
  });

  test('goes on behind the last line that came when the connection breaks', async () => {
    const { asked, follow } = server([logEvent(['one', 'two'])], 'no answer', 503, [logEvent(['three'], 3)], [end]);
    expect(await heard(follow)).toEqual(['one', 'two', 'three']);
    expect(asked.map(({ last }) => last)).toEqual([undefined, '1:2', '1:2', '1:2', '1:3']);
  });

  test('a refusal is one', async () => {
    const { asked, follow } = server(404);
    await expect(heard(follow)).rejects.toMatchObject({ status: 404 });
    expect(asked).toHaveLength(1);
  });

  test('gives up when nobody answers for long', async () => {
    const { asked, follow } = server();
    await expect(heard(follow)).rejects.toThrow('nobody there');
    expect(asked.length).toBeGreaterThan(5);
  });

  test('ends quietly when its caller has had enough', async () => {
    const { follow } = server([logEvent(['one'])]);
    expect(await heard(follow, AbortSignal.abort())).toEqual([]);
  });
});
