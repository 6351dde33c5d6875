import type { FastifyInstance } from 'fastify';
import { endpoints, type Run as WireRun, type Why } from 'job-trigger-contract';
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
  type Explanation,
  type Id,
  type Instant,
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

/** Of a job, the answer and the runs that wait; its newest decides the answer, unless an instant was asked for. */
async function answerOf(
  options: RoomOptions,
  id: Id,
  at: Instant | null,
): Promise<{ readonly answer: Explanation; readonly waiting: readonly WireRun[] }> {
  const { store, operations } = options;
  const { items } = await store.runs.list({ jobId: id, states: ['queued'] }, { limit: 20 });
  const explained = await operations.why.waiting(items);
  const newest = items[0] === undefined ? null : (explained.get(items[0].id) ?? null);
  const [answer, waiting] = await Promise.all([
    at === null ? operations.why.job(id, newest) : operations.why.at(id, at),
    explainWaiting(options, items, explained),
  ]);
  return { answer, waiting };
}

/** Its last instants that were skipped, with what was said of each. */
async function skipsOf({ store, operations }: RoomOptions, { job, schedules }: JobSummary): Promise<Why['last']> {
  const ledger = await store.ledger.lastOfSchedules(
    schedules.map((schedule) => schedule.id),
    10,
  );
  const skipped = ledger.filter(({ reason }) => reason !== null);
  const explained = await operations.why.entries(job, skipped);
  return skipped.flatMap((entry, place) => {
    const at = formatInstant(entry.kind === 'gap' ? entry.toAt : entry.dueAt);
    const told = explained[place];
    const cause = told?.links[0];
    return told === undefined
      ? []
      : [{ at, text: told.sentence, reason: told.code, run_id: cause === undefined ? null : toUuid(cause.of) }];
  });
}

/** Answers to "why?" and the record of one job's runs. */
export function explainRoutes(app: FastifyInstance, options: RoomOptions): void {
  const { operations, store, config, readers } = options;
  const { pollIntervalMs } = config.values.engine;

  serve(app, endpoints.jobWhy, async ({ params, query }) => {
    const { id } = referenceOf(params.id, 'job');
    const summary = await operations.jobs.get(id);
    const { nextDueAt } = summary;
    const [{ answer, waiting }, skips, prerequisites, now] = await Promise.all([
      answerOf(options, id, query.at === undefined ? null : instantToCore(query.at, 'at')),
      skipsOf(options, summary),
      operations.chains.prerequisites(summary.job),
      store.now(),
    ]);
    const zone = summary.schedules[0]?.spec.timezone ?? 'UTC';
    const held = summary.job.active ? whyHeld(summary.schedules, now, (at) => spoken(at, zone)) : null;
    const last = summary.lastRun === null ? [] : [ended(summary.lastRun)];
    return {
      answer: explanationToWire(answer),
      next: nextSentence(summary, held === null && nextDueAt !== null && now - nextDueAt > 3 * pollIntervalMs),
      maintenance:
        held === null
          ? null
          : { id: toUuid(held.window), until: held.until === null ? null : formatInstant(held.until), text: held.text },
      prerequisites: prerequisitesToWire(prerequisites),
      waiting: waiting.map(({ id: run_id, reason, reason_text }) => ({ run_id, reason, reason_text })),
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
