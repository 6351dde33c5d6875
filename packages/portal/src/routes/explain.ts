import type { FastifyInstance } from 'fastify';
import { endpoints, type Why } from 'job-trigger-contract';
import { explanationToWire, instantToCore, prerequisitesToWire, runToWire } from 'job-trigger-contract/mapping';
import {
  describeSchedule,
  formatInstant,
  logPath,
  LogReader,
  spoken,
  toUuid,
  whyHeld,
  whyNextNone,
  type JobSummary,
  type Run,
} from 'job-trigger-core';
import { explainWaiting } from '../waiting.ts';
import type { RoomOptions } from '../portal.ts';
import { namedOf, referenceOf } from '../references.ts';
import { serve, serveShared } from '../route.ts';

/** When it runs next, in the zone its author thinks in, or why it does not. */
function nextSentence(summary: JobSummary, overdue: boolean): string {
  const none = whyNextNone(summary);
  if (none !== null) return `Next: none. ${none.text}`;
  const first = summary.schedules.find(({ active, nextDueAt }) => active && nextDueAt === summary.nextDueAt);
  if (first === undefined || summary.nextDueAt === null) return 'Next: none.';
  const { timezone } = first.spec;
  const at = spoken(summary.nextDueAt, timezone);
  const next = overdue ? `${at}, overdue: no scheduler has planned it yet; see Health or jtp health` : at;
  return `Next: ${next}. ${describeSchedule(first.spec)}.`;
}

function ended(run: Run): Why['last'][number] {
  const text = run.failure?.message ?? `Run ${run.state.replaceAll('_', ' ')}.`;
  return { at: formatInstant(run.endedAt ?? run.createdAt), text, reason: run.reason, run_id: null };
}

/** Output of one run is answered whole up to this; the window of lines has no such end. */
const mostOutput = 10_485_760;
const linesAtOnce = 2000;

/** Collected from the end, so that what is left out is the beginning. */
async function outputOf(dataDir: string, run: Run): Promise<{ readonly output: string; readonly cutBytes: number }> {
  const reader = await LogReader.open(logPath(dataDir, run, Math.max(1, run.attempt)));
  if (reader === null) return { output: '', cutBytes: 0 };
  try {
    const { lines, cut } = await reader.state();
    const pieces: string[] = [];
    let size = 0;
    for (let end = lines; end > 0 && size < mostOutput; end -= linesAtOnce) {
      const fromLine = Math.max(1, end - linesAtOnce + 1);
      const read = await reader.read({ fromLine, count: end - fromLine + 1, showAll: true });
      const piece = read.map((line) => `${line.text}\n`).join('');
      size += Buffer.byteLength(piece);
      pieces.unshift(piece);
    }
    const whole = Buffer.from(pieces.join(''));
    const over = Math.max(0, whole.length - mostOutput);
    return { output: whole.subarray(over).toString('utf8'), cutBytes: (cut?.bytes ?? 0) + over };
  } finally {
    await reader.close();
  }
}

/** Answers to "why?" and the record of one job's runs. */
export function explainRoutes(app: FastifyInstance, options: RoomOptions): void {
  const { operations, store, config, readers } = options;
  const { pollIntervalMs } = config.values.engine;

  serve(app, endpoints.jobWhy, async ({ params, query }) => {
    const { id } = referenceOf(params.id, 'job');
    const summary = await operations.jobs.get(id);
    const { why } = operations;
    const { nextDueAt } = summary;
    const answer = await (query.at === undefined ? why.job(id) : why.at(id, instantToCore(query.at, 'at')));
    const queued = await store.runs.list({ jobId: id, states: ['queued'] }, { limit: 20 });
    const wire = await explainWaiting(options, queued.items);
    const ledger = await store.ledger.lastOfSchedules(
      summary.schedules.map((schedule) => schedule.id),
      10,
    );
    const skipped = ledger.filter(({ reason }) => reason !== null);
    const explained = await why.entries(summary.job, skipped);
    const skips = skipped.flatMap((entry, place) => {
      const at = formatInstant(entry.kind === 'gap' ? entry.toAt : entry.dueAt);
      const told = explained[place];
      const cause = told?.links[0];
      return told === undefined
        ? []
        : [{ at, text: told.sentence, reason: told.code, run_id: cause === undefined ? null : toUuid(cause.of) }];
    });
    const zone = summary.schedules[0]?.spec.timezone ?? 'UTC';
    const now = await store.now();
    const held = summary.job.active ? whyHeld(summary.schedules, now, (at) => spoken(at, zone)) : null;
    const last = summary.lastRun === null ? [] : [ended(summary.lastRun)];
    return {
      answer: explanationToWire(answer),
      next: nextSentence(summary, held === null && nextDueAt !== null && now - nextDueAt > 3 * pollIntervalMs),
      maintenance:
        held === null
          ? null
          : { id: toUuid(held.window), until: held.until === null ? null : formatInstant(held.until), text: held.text },
      prerequisites: prerequisitesToWire(await operations.chains.prerequisites(summary.job)),
      waiting: wire.map(({ id: run_id, reason, reason_text }) => ({ run_id, reason, reason_text })),
      last: [...last, ...skips].sort((a, b) => b.at.localeCompare(a.at)).slice(0, 10),
    };
  });

  serveShared(app, endpoints.jobLogs, async ({ params, query }) => {
    const { id } = referenceOf(params.id, 'job');
    await operations.jobs.get(id);
    const page = await operations.runs.list({ jobId: id }, { limit: query.limit, after: query.cursor ?? null });
    const named = await namedOf(store, page.items);
    return { items: page.items.map((run) => runToWire(run, named)), next_cursor: page.next, limit: query.limit };
  });

  serve(app, endpoints.getLog, async ({ params, request, reply }) => {
    readers.take(request, reply);
    const { run } = await operations.runs.get(referenceOf(params.id, 'run'));
    const { output, cutBytes } = await outputOf(config.values.dataDir, run);
    const named = await namedOf(store, [run]);
    return { run: runToWire(run, named), output, cut_bytes: cutBytes };
  });
}
