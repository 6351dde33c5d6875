import type { LogWindow } from 'job-trigger-contract';
import { afterEach, expect, test, vi } from 'vitest';
import { LogFeed, type LogAsk, type LogWatch } from './log-feed.ts';

/** A log of which a test says how long it is and whether more comes. */
function fakeLog(lines: number, complete: boolean) {
  const log = { lines, complete, asks: [] as LogAsk[], fails: 0 };
  const read = (ask: LogAsk): Promise<LogWindow> => {
    log.asks.push(ask);
    if (log.fails > 0) {
      log.fails -= 1;
      return Promise.reject(new Error('no answer'));
    }
    const from = ask.tail === undefined ? (ask.from_line ?? 1) : Math.max(1, log.lines - ask.tail + 1);
    const count = Math.max(0, Math.min(ask.tail ?? ask.limit ?? 500, log.lines - from + 1));
    const items = Array.from({ length: count }, (_, index) => ({
      line: from + index,
      at: null,
      stream: 'stdout' as const,
      text: `line ${from + index}`,
    }));
    return Promise.resolve({
      items,
      lines: log.lines,
      bytes: log.lines * 10,
      cut_bytes: 0,
      complete: log.complete,
      first_error_line: null,
      attempt: 1,
    });
  };
  return { log, read };
}

afterEach(() => void vi.useRealTimers());

test('a log of any length opens with one question, for its end', async () => {
  const { log, read } = fakeLog(10_000_000, true);
  const feed = new LogFeed(read);
  feed.start();
  await vi.waitFor(() => expect(feed.state().opened).toBe(true));
  expect(log.asks).toEqual([{ tail: 500 }]);
  expect(feed.at(10_000_000)?.text).toBe('line 10000000');
  expect(feed.at(1)).toBeUndefined();
});

test('only what is looked at is asked for, the latest wish first', async () => {
  const { log, read } = fakeLog(1_000_000, true);
  const feed = new LogFeed(read);
  feed.start();
  await vi.waitFor(() => expect(feed.state().opened).toBe(true));
  for (let line = 1000; line < 900_000; line += 10_000) feed.want(line, line + 30);
  await vi.waitFor(() => expect(feed.at(891_000)).toBeDefined());
  expect(log.asks.length).toBeLessThan(8);
});

test('news are asked for from the last line until the log is complete', async () => {
  vi.useFakeTimers();
  const { log, read } = fakeLog(10, false);
  const feed = new LogFeed(read);
  feed.start();
  await vi.advanceTimersByTimeAsync(1);
  log.lines = 14;
  log.complete = true;
  await vi.advanceTimersByTimeAsync(1000);
  expect(feed.state()).toMatchObject({ lines: 14, complete: true });
  expect(log.asks).toEqual([{ tail: 500 }, { from_line: 10, limit: 500 }]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(log.asks).toHaveLength(2);
});

test('a failure is told, asked again more slowly, and forgotten when an answer comes', async () => {
  vi.useFakeTimers();
  const { log, read } = fakeLog(3, true);
  log.fails = 2;
  const feed = new LogFeed(read);
  feed.start();
  await vi.advanceTimersByTimeAsync(1);
  expect(feed.state().error).toBeInstanceOf(Error);
  await vi.advanceTimersByTimeAsync(2000);
  expect(feed.state().error).toBeInstanceOf(Error);
  await vi.advanceTimersByTimeAsync(4000);
  expect(feed.state()).toMatchObject({ error: null, lines: 3 });
});

test('nothing is asked after the page has gone, and again when it is back', async () => {
  vi.useFakeTimers();
  const { log, read } = fakeLog(3, false);
  const feed = new LogFeed(read);
  feed.start();
  await vi.advanceTimersByTimeAsync(1);
  feed.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(log.asks).toHaveLength(1);
  feed.start();
  await vi.advanceTimersByTimeAsync(1);
  expect(log.asks).toHaveLength(2);
  feed.stop();
});

/** A stream that a test speaks through. */
function fakeWatch() {
  const stream = {
    from: [] as number[],
    left: 0,
    say: (() => undefined) as (window: LogWindow) => void,
    over: (() => undefined) as (isEnd: boolean) => void,
  };
  const watch: LogWatch = (from, heard, over) => {
    stream.from.push(from);
    stream.say = heard;
    stream.over = over;
    return () => void (stream.left += 1);
  };
  return { stream, watch };
}

test('with a stream it asks for the end once, hears the rest, and asks again when that is over', async () => {
  vi.useFakeTimers();
  const { log, read } = fakeLog(10, false);
  const { stream, watch } = fakeWatch();
  const feed = new LogFeed(read, watch);
  feed.start();
  await vi.advanceTimersByTimeAsync(5000);
  expect([log.asks, stream.from]).toEqual([[{ tail: 500 }], [10]]);
  log.lines = 12;
  stream.say(await read({ from_line: 10 }));
  expect([feed.state().lines, feed.at(12)?.text]).toEqual([12, 'line 12']);
  log.asks.length = 0;
  stream.over(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(feed.state()).toMatchObject({ complete: true, lines: 12 });
  expect(log.asks).toEqual([{ from_line: 12, limit: 500 }]);
});

test('a stream that is lost is made again where it was; one that stays silent is doubted', async () => {
  vi.useFakeTimers();
  const { log, read } = fakeLog(10, false);
  const { stream, watch } = fakeWatch();
  const feed = new LogFeed(read, watch);
  feed.start();
  await vi.advanceTimersByTimeAsync(1);
  log.lines = 20;
  stream.over(false);
  await vi.advanceTimersByTimeAsync(1000);
  expect([feed.state().lines, stream.from]).toEqual([20, [10, 20]]);
  log.lines = 30;
  await vi.advanceTimersByTimeAsync(15_000);
  expect([feed.state().lines, stream.from]).toEqual([30, [10, 20]]);
  feed.stop();
  expect(stream.left).toBe(1);
  stream.say(await read({ from_line: 1 }));
  stream.over(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(stream.from).toHaveLength(2);
  feed.start();
  await vi.advanceTimersByTimeAsync(1);
  expect(stream.from).toEqual([10, 20, 30]);
  feed.stop();
});
