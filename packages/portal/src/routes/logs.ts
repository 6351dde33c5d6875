import type { FastifyInstance, FastifyRequest } from 'fastify';
import { endpoints, type LogQuery } from 'job-trigger-contract';
import { isFinal, logPath, LogReader, type Reference, type Run } from 'job-trigger-core';
import type { z } from 'zod';
import { mayStill } from '../access/access-control.ts';
import { RightsChanges } from '../access/rights-changes.ts';
import { LogFollowers, resumeOf } from '../logs/log-follow.ts';
import { lineToWire } from '../logs/log-line.ts';
import { sendText } from '../logs/log-text.ts';
import { watchLog } from '../logs/log-watch.ts';
import type { RoomOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve, type Call } from '../route.ts';

/** What a download is called: nothing in it can leave the header or a folder. */
function fileName(run: Run, id: string, attempt: number): string {
  return `${run.jobName.replace(/[^\w.-]+/g, '_')}-${id}-${attempt}.log`;
}

type Query = z.output<typeof LogQuery>;

const noLog = { items: [], lines: 0, bytes: 0, cut_bytes: 0, first_error_line: null };

/** The lines that are asked for, and how many hold the text that was looked for. */
async function linesOf(reader: LogReader, query: Query, now: () => number) {
  if (query.search !== undefined) {
    const found = await reader.search({
      text: query.search,
      ignoreCase: query.ignore_case === true,
      limit: query.limit ?? 200,
      maxMs: 5000,
      now,
    });
    const lines = await Promise.all(found.lines.map((line) => reader.read({ fromLine: line, count: 1 })));
    return { lines: lines.flat(), hits: { hits_total: found.total } };
  }
  const lines =
    query.tail === undefined
      ? await reader.read({
          fromLine: query.from_line ?? 1,
          count: query.limit ?? 500,
          showAll: query.full_line === true,
        })
      : await reader.tail(query.tail);
  return { lines, hits: {} };
}

/** The lines that are asked for, and how the whole stands. */
async function windowOf(reader: LogReader, run: Run, query: Query, now: () => number) {
  const state = await reader.state();
  const { lines, hits } = await linesOf(reader, query, now);
  const ended = isFinal(run.state);
  return {
    items: lines.map(lineToWire),
    lines: state.lines,
    bytes: state.bytes,
    cut_bytes: state.cut?.bytes ?? 0,
    complete: state.complete || ended,
    first_error_line: ended && run.state !== 'succeeded' ? await reader.firstError() : null,
    ...hits,
  };
}

/** The output of a run: windows of its lines, its bytes, and what comes. */
export function logRoutes(app: FastifyInstance, options: RoomOptions): void {
  const { operations, store, config, system, eyes, readers } = options;
  const { dataDir } = config.values;
  /** The right to read, and the sight of the run: whoever shared its job may have taken it back. */
  async function mayRead(request: FastifyRequest): Promise<boolean> {
    const { id = '' } = request.params as { readonly id?: string };
    const { runs } = eyes.of(request.caller).store;
    return (await mayStill(request, options)) && (await runs.get(referenceOf(id, 'run'))) !== null;
  }
  const followers = new LogFollowers(app, mayRead, new RightsChanges(eyes.all.store));

  function follow(reference: Reference, { query, request, reply }: Call<typeof endpoints.runLog>): never {
    const as = query.format === 'text' ? 'text' : 'events';
    const resumed = as === 'events' ? resumeOf(request.headers['last-event-id']) : null;
    const fromLine = resumed?.fromLine ?? query.from_line ?? 1;
    const from = { attempt: query.attempt ?? null, from: resumed?.attempt ?? null };
    return followers.send(request, reply, { as, fromLine }, (signal) =>
      watchLog({ store, dataDir, reference, signal, ...from }),
    );
  }

  serve(app, endpoints.runLog, async (call) => {
    const { params, query, request, reply } = call;
    readers.take(request, reply);
    const reference = referenceOf(params.id, 'run');
    const { run } = await operations.runs.get(reference);
    if (query.follow === true) return follow(reference, call);
    const attempt = query.attempt ?? Math.max(1, run.attempt);
    const reader = await LogReader.open(logPath(dataDir, run, attempt));
    if (query.download === true || query.format === 'text')
      return sendText(request, reply, reader, query.download === true ? fileName(run, params.id, attempt) : null);
    if (reader === null) return { ...noLog, complete: isFinal(run.state), attempt };
    try {
      return { ...(await windowOf(reader, run, query, () => system.clock.mono())), attempt };
    } finally {
      await reader.close();
    }
  });
}
