import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as rest } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { LogWindow } from 'job-trigger-contract';
import { fromUuid, logPath, systemClock, type Reference } from 'job-trigger-core';
import { factories, LogWriter } from 'job-trigger-core/testing';
import { mayStill } from '../access/access-control.ts';
import type { PortalOptions } from '../portal.ts';
import { startTestPortal, type TestPortal } from '../test-portal.ts';
import { resumeOf } from './log-follow.ts';
import { rangeOf } from '../range.ts';

test.each([
  [undefined, null],
  ['bytes=0-3', [0, 4]],
  ['bytes=6-', [6, 10]],
  ['bytes=-4', [6, 10]],
  ['bytes=-400', [0, 10]],
  ['bytes=2-400', [2, 10]],
  ['bytes=5-2', null],
  ['bytes=0-1,3-4', null],
  ['lines=0-3', null],
  ['bytes=-', null],
  ['bytes=10-', 'range_not_satisfiable'],
  ['bytes=-0', 'range_not_satisfiable'],
] as const)('of ten bytes %s is %j (RFC 9110, 14.1.2)', (header, expected) => {
  if (typeof expected === 'string') expect(() => rangeOf(header, 10)).toThrow('10 bytes');
  else expect(rangeOf(header, 10)).toEqual(expected && { from: expected[0], to: expected[1] });
});

test.each([
  ['2:14', { attempt: 2, fromLine: 15 }],
  ['1:0', { attempt: 1, fromLine: 1 }],
  ['14', null],
  ['x', null],
  [undefined, null],
])('an event %s is gone on from at %j', (header, expected) => {
  expect(resumeOf(header)).toEqual(expected);
});

describe.each(['SQLite', 'PostgreSQL'] as const)('the output of a run, on %s', (database) => {
  let portal: TestPortal;
  const worker = factories.worker();
  const holder = { workerId: worker.id, incarnation: worker.incarnation };
  beforeAll(async () => {
    portal = await startTestPortal(database, inject('postgresUrl'));
    await portal.store.workers.register(worker);
  });
  afterAll(() => portal.close());

  async function queued(): Promise<{ readonly id: string; readonly reference: Reference }> {
    const body = { type: 'script', config: { script: 'hello.sh' }, name: 'loud' } as const;
    const { run_id: id } = await portal.client.runDraft({ body });
    const reference = fromUuid(id);
    if (reference === null) throw new Error(`${id} is none of ours`);
    return { id, reference };
  }
  const claim = async () => {
    const [won] = await portal.store.dispatch.claim({ ...holder, free: 1, queues: ['default'], labels: [] });
    if (won === undefined) throw new Error('a run was waiting');
    await portal.store.dispatch.intend(worker.incarnation, [won]);
    return won;
  };
  const finish = (won: { readonly runId: number; readonly fence: number }, retry = false) =>
    portal.store.dispatch.finish([
      {
        runId: won.runId,
        fence: won.fence,
        outcome: retry ? 'failed' : 'succeeded',
        state: retry ? null : 'succeeded',
        retryAt: retry ? 0 : null,
        reason: null,
        exitCode: retry ? 1 : 0,
        signal: null,
        failure: null,
        result: null,
      },
    ]);
  const writer = (reference: Reference, attempt = 1, limitBytes = 1_000_000): LogWriter =>
    new LogWriter({ path: logPath(portal.folder, reference, attempt), limitBytes, clock: systemClock() });
  const say = (log: LogWriter, text: string): boolean => log.write('stdout', Buffer.from(text));

  async function written(text: string): Promise<string> {
    const { id, reference } = await queued();
    const won = await claim();
    const log = writer(reference);
    say(log, text);
    await log.end();
    await finish(won);
    return id;
  }

  /** What has come so far, and more when it is asked for. */
  function reading(answer: Response) {
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = '';
    return {
      async until(text: string): Promise<string> {
        while (!seen.includes(text)) {
          const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
          if (done) throw new Error(`it ended without ${text}: ${seen}`);
          seen += value;
        }
        return seen;
      },
      async toEnd(): Promise<string> {
        for (;;) {
          const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
          if (done) return seen;
          seen += value;
        }
      },
    };
  }
  const windowsOf = (events: string): LogWindow[] =>
    [...events.matchAll(/^event: log\n(?:id: .*\n)?data: (.*)$/gm)].map(
      ([, data]) => JSON.parse(data ?? '') as LogWindow,
    );
  const wholeLines = (events: string): string[] =>
    windowsOf(events).flatMap(({ items }) => items.filter(({ open }) => open !== true).map(({ text }) => text));

  describe('as text', () => {
    test('is its bytes, whole or a range of them', async () => {
      const id = await written('héllo\nworld\n');
      const path = `/api/runs/${id}/log?format=text`;
      const whole = await portal.raw(path);
      expect([whole.status, whole.headers.get('accept-ranges'), whole.headers.get('content-length')]).toEqual([
        200,
        'bytes',
        '13',
      ]);
      expect(await whole.text()).toBe('héllo\nworld\n');
      const part = await portal.raw(path, { headers: { range: 'bytes=7-11' } });
      expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
        206,
        'bytes 7-11/13',
        'world',
      ]);
      const beyond = await portal.raw(path, { headers: { range: 'bytes=13-' } });
      expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */13']);
      expect(await beyond.json()).toMatchObject({ code: 'range_not_satisfiable' });
      const tag = whole.headers.get('etag') ?? '';
      const tied = async (ifRange: string) =>
        (await portal.raw(path, { headers: { range: 'bytes=0-0', 'if-range': ifRange } })).status;
      expect([await tied(tag), await tied('"other"')]).toEqual([206, 200]);
      const download = await portal.raw(`/api/runs/${id}/log?download=true`);
      expect(download.headers.get('content-disposition')).toBe(`attachment; filename="loud-${id}-1.log"`);
    });

    test('is empty before there is any', async () => {
      const { id, reference } = await queued();
      const answer = await portal.raw(`/api/runs/${id}/log?format=text`);
      expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
        200,
        'text/plain; charset=utf-8',
        '',
      ]);
      await portal.client.cancelRun({ params: { id } });
      expect((await portal.store.runs.get(reference))?.state).toBe('cancelled');
    });

    test('followed, comes line by line over all attempts, and ends with the run', async () => {
      const { id, reference } = await queued();
      const heard = reading(await portal.raw(`/api/runs/${id}/log?format=text&follow=true`));
      const won = await claim();
      const first = writer(reference);
      say(first, 'one\n');
      await heard.until('one\n');
      say(first, 'two\nhal');
      await heard.until('two\n');
      say(first, 'f\n');
      await first.end();
      await finish(won, true);
      await heard.until('half\n');
      const again = await claim();
      const second = writer(reference, 2);
      say(second, 'three\nno end');
      await second.end();
      await finish(again);
      expect(await heard.toEnd()).toBe('one\ntwo\nhalf\nthree\nno end\n');
    });

    test('followed from a line, begins there', async () => {
      const id = await written('one\ntwo\nthree\n');
      expect(await (await portal.raw(`/api/runs/${id}/log?format=text&follow=true&from_line=3`)).text()).toBe(
        'three\n',
      );
    });

    test('followed beyond its limit, says which lines were cut', async () => {
      const { id, reference } = await queued();
      const won = await claim();
      const log = writer(reference, 1, 4000);
      for (let line = 1; line <= 1000; line += 1) say(log, `line ${line}\n`);
      await log.end();
      await finish(won);
      const text = await (await portal.raw(`/api/runs/${id}/log?format=text&follow=true`)).text();
      expect(text).toMatch(/--- lines \d+ to \d+ were cut ---\nline \d+\n/);
      expect(text.endsWith('line 1000\n')).toBe(true);
    });

    test('followed although its spawner was killed, ends after the run', async () => {
      const { id, reference } = await queued();
      const won = await claim();
      const log = writer(reference);
      say(log, 'last words\n');
      const heard = reading(await portal.raw(`/api/runs/${id}/log?format=text&follow=true`));
      await heard.until('last words\n');
      await finish(won);
      expect(await heard.toEnd()).toBe('last words\n');
      await log.end();
    });
  });

  describe('as events', () => {
    test('a stream that broke goes on behind its last line: nothing is lost and nothing repeated (F13)', async () => {
      const { id, reference } = await queued();
      const won = await claim();
      const log = writer(reference);
      const path = `/api/runs/${id}/log?follow=true&attempt=1`;
      const stop = new AbortController();
      const answer = await portal.raw(path, { signal: stop.signal });
      expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      const heard = reading(answer);
      say(log, 'one\ntwo\n');
      const before = await heard.until('id: 1:2\n');
      stop.abort();
      say(log, 'three\n');
      const resumed = reading(await portal.raw(path, { headers: { 'last-event-id': '1:2' } }));
      await resumed.until('three');
      say(log, 'four\n');
      await log.end();
      await finish(won);
      const after = await resumed.toEnd();
      expect([...wholeLines(before), ...wholeLines(after)]).toEqual(['one', 'two', 'three', 'four']);
      expect(after).toMatch(/event: end\ndata: \{\}\n\n$/);
    });

    test('a line without an end is shown as open and comes again when it has grown', async () => {
      const { id, reference } = await queued();
      const won = await claim();
      const log = writer(reference);
      const heard = reading(await portal.raw(`/api/runs/${id}/log?follow=true`));
      say(log, '10 %');
      await heard.until('"text":"10 %"');
      say(log, ' 20 %\n');
      await log.end();
      await finish(won);
      const events = await heard.toEnd();
      const items = windowsOf(events).flatMap((window) => window.items);
      expect(items[0]).toMatchObject({ line: 1, text: '10 %', open: true });
      expect(wholeLines(events)).toEqual(['10 % 20 %']);
    });

    test('ten thousand lines come each once', async () => {
      const { id, reference } = await queued();
      const won = await claim();
      const log = writer(reference);
      const heard = reading(await portal.raw(`/api/runs/${id}/log?follow=true`));
      const sent = Array.from({ length: 10_000 }, (_, at) => `line ${at}`);
      for (let at = 0; at < sent.length; at += 700) {
        say(log, `${sent.slice(at, at + 700).join('\n')}\n`);
        await heard.until(`"line ${Math.min(sent.length, at + 700) - 1}"`);
      }
      await log.end();
      await finish(won);
      expect(wholeLines(await heard.toEnd())).toEqual(sent);
    });
  });

  describe('to whoever leaves', () => {
    const held = (reference: Reference): number => {
      const path = logPath(portal.folder, reference, 1);
      return readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`) === path;
        } catch {
          return false;
        }
      }).length;
    };

    test.runIf(process.platform === 'linux')('nothing is kept open', async () => {
      const { id, reference } = await queued();
      const won = await claim();
      const log = writer(reference);
      say(log, 'one\n');
      const own = held(reference);
      const stop = new AbortController();
      const heard = reading(await portal.raw(`/api/runs/${id}/log?follow=true`, { signal: stop.signal }));
      await heard.until('one');
      expect(held(reference)).toBe(own + 1);
      stop.abort();
      await expect.poll(() => held(reference), { timeout: 5000 }).toBe(own);
      await log.end();
      await finish(won);
    });

    test('a credential that is over, or never was, ends it', async () => {
      const me = fromUuid((await portal.client.session()).person?.id ?? '');
      const asked = (token: string, access: string) => ({
        caller: { personId: me?.id },
        routeOptions: { config: { access } },
        method: 'GET',
        headers: { authorization: `Bearer ${token}` },
      });
      const options = { ...portal, config: { values: { authentication: true } } } as unknown as PortalOptions;
      const may = (token: string, access = 'viewer') =>
        mayStill(asked(token, access) as unknown as FastifyRequest, options);
      const gone = 'gone'.repeat(10);
      expect([await may(portal.token), await may(gone), await may(gone, 'open')]).toEqual([true, false, true]);
    });

    test('a portal that stops ends every stream at once', async () => {
      const other = await startTestPortal(database, inject('postgresUrl'));
      const body = { type: 'script', config: { script: 'hello.sh' }, name: 'waits' } as const;
      const { run_id } = await other.client.runDraft({ body });
      const answer = await other.raw(`/api/runs/${run_id}/log?follow=true`);
      const ended = answer.text().then(
        () => 'ended',
        () => 'ended',
      );
      await other.close();
      expect(await Promise.race([ended, rest(5000, 'late', { ref: false })])).toBe('ended');
    });
  });

  test('a portal that stops does not wait for a request that never ends', async () => {
    const other = await startTestPortal(database, inject('postgresUrl'));
    const { hostname, port } = new URL(other.base);
    const socket = connect(Number(port), hostname).on('error', () => undefined);
    const ended = once(socket, 'close');
    await once(socket, 'connect');
    socket.write('GET /api/health HTTP/1.1\r\n');
    // An answer on another connection: by then the server has taken this one.
    expect((await other.raw('/api/health')).status).toBe(200);
    await other.close();
    await ended;
  });

  test('who shows no credential follows nothing', async () => {
    const { id } = await queued();
    expect((await fetch(`${portal.base}/api/runs/${id}/log?follow=true`)).status).toBe(401);
    await portal.client.cancelRun({ params: { id } });
  });
});
