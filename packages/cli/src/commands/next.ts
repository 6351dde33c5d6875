import { Readable } from 'node:stream';
import type { Command } from 'commander';
import {
  formatInstant,
  hostZone,
  JobTriggerError,
  nextInstants,
  parseInstant,
  previewSchedule,
  scheduleFromJson,
  checkSchedule,
  understandWords,
  type ScheduleSpec,
} from 'job-trigger-core';
import type { Preview, ScheduleInput } from 'job-trigger-contract';
import { previewToWire } from 'job-trigger-contract/mapping';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { CommandError, exitStatus, wrongFlag } from '../exit-status.ts';
import { findJob } from '../find-job.ts';
import { parseDuration } from '../duration-flag.ts';
import { printable, writeTable } from '../output/table.ts';
import { timesOf } from '../output/when.ts';

interface NextFlags {
  readonly timezone?: string;
  readonly from?: string;
  readonly n?: string;
  readonly job?: string;
  readonly jsonl?: boolean;
  readonly explain?: boolean;
  readonly within?: string;
}

function instantFlag(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const at = parseInstant(text);
  if (at === null) throw wrongFlag('--from', `'${text}' is no RFC 3339 instant, for example 2027-01-31T09:00:00Z.`);
  return at;
}

function countFlag(text: string | undefined): number {
  const count = text === undefined ? 10 : Number(text);
  if (!Number.isSafeInteger(count) || count < 1 || count > 1000)
    throw wrongFlag('-n', `'${text}' is not a number from 1 to 1000.`);
  return count;
}

/** What a calendar holds is known to an installation only; without it the answer would be wrong. */
function refuseCalendars({ calendars = [] }: ScheduleSpec): void {
  if (calendars.length > 0)
    throw new JobTriggerError(
      'schedule_invalid',
      'calendars: are known to an installation only; ask for a job with --job',
      {
        fields: [{ path: 'calendars', message: 'are known to an installation only; ask for a job with --job' }],
      },
    );
}

/** What is wrong with a line, with the fields at fault where there are any. */
function refusalOf(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof JobTriggerError)) return { error: 'internal' };
  const { code, message, fields } = error;
  return { error: code, message, ...(fields.length === 0 ? {} : { fields }) };
}

/** One line of `jtp next --jsonl`: the answer never throws, so that a bad line does not stop the next. */
function answerLine(line: string, now: number): { readonly answer: string; readonly readable: boolean } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { answer: JSON.stringify({ id: null, error: 'malformed' }), readable: false };
  }
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const id = fields['id'] ?? null;
  try {
    const spec = scheduleFromJson(value, { ignoreUnknown: true });
    checkSchedule(spec);
    refuseCalendars(spec);
    const from = typeof fields['from'] === 'string' ? parseInstant(fields['from']) : now;
    if (from === null) throw new JobTriggerError('schedule_invalid', 'from: no instant');
    const count = typeof fields['count'] === 'number' ? Math.max(0, Math.min(10_000, Math.trunc(fields['count']))) : 10;
    return { answer: JSON.stringify({ id, next: nextInstants(spec, from, count).map(formatInstant) }), readable: true };
  } catch (error) {
    return { answer: JSON.stringify({ id, ...refusalOf(error) }), readable: true };
  }
}

async function answerLines(context: Context): Promise<void> {
  const now = Date.now();
  let readable = true;
  const { createInterface } = await import('node:readline');
  const lines = createInterface({ input: Readable.from([await context.terminal.readStdin()]) });
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const answered = answerLine(line, now);
    readable &&= answered.readable;
    context.terminal.stdout.write(`${answered.answer}\n`);
  }
  if (!readable) process.exitCode = exitStatus.usage;
}

/** A cron expression, a crontab line, or words. @throws CommandError with the question where words can mean several things */
function specOf(text: string, flags: NextFlags, tz: string | undefined): ScheduleSpec {
  const timezone = flags.timezone ?? tz ?? hostZone();
  const expression = scheduleFromJson({ kind: 'cron', expression: text, timezone });
  const fields = text.trim().split(/\s+/).length;
  if (/^[\d*?@]/.test(text.trim()) && (fields === 5 || fields === 6 || fields === 1)) {
    checkSchedule(expression);
    return expression;
  }
  const answer = understandWords(text, { now: instantFlag(flags.from), timezone });
  if (answer.kind === 'understood') return answer.spec;
  const choices = answer.choices.map((choice) => `  jtp next '${choice.text}'`).join('\n');
  throw new CommandError(exitStatus.usage, answer.question, `Say which:\n${choices}`);
}

async function show(context: Context, spec: ScheduleSpec, flags: NextFlags): Promise<void> {
  checkSchedule(spec);
  const preview = previewSchedule(spec, { from: instantFlag(flags.from), count: countFlag(flags.n) });
  await write(context, previewToWire(preview), flags);
}

async function write(context: Context, preview: Preview, flags: NextFlags): Promise<void> {
  await emit(context, preview, () => {
    tell(context, preview.description);
    for (const item of preview.items) {
      const notes = item.notes.map((note) => note.sentence).join(' ');
      context.terminal.stdout.write(`${item.at}\t${item.local}${notes === '' ? '' : `\t${printable(notes)}`}\n`);
    }
    for (const skip of preview.skipped)
      tell(context, `skipped: ${skip.count} from ${skip.from} to ${skip.to}. ${printable(skip.reason_text)}`);
    for (const warning of preview.warnings) tell(context, `note: ${warning.sentence}`);
    if (flags.explain === true) {
      for (const change of preview.clock_changes) tell(context, `clocks: ${change.sentence} ${change.effect}`);
      tell(context, preview.past.sentence);
    }
  });
}

async function showJob(context: Context, name: string, flags: NextFlags): Promise<void> {
  await withConnection(context, async ({ client }) => {
    const job = await findJob(client, name);
    for (const schedule of job.schedules) {
      // Asked of the installation: only there are its calendars.
      const { description: _description, next_due_at: _next, ...rule } = schedule;
      const request = { schedule: rule as ScheduleInput, job_id: job.id, count: countFlag(flags.n) };
      const from = formatInstant(instantFlag(flags.from));
      await write(context, await client.preview({ body: { ...request, from } }), flags);
    }
    if (job.schedules.length === 0) tell(context, job.next_text ?? 'Manual: it has no schedule.');
  });
}

/** What all jobs have ahead, from the scheduler's own function. */
async function showWithin(context: Context, within: string, flags: NextFlags): Promise<void> {
  const from = instantFlag(flags.from);
  const span = { from: formatInstant(from), to: formatInstant(from + parseDuration(within, '--within')) };
  await withConnection(context, async ({ client }) => {
    const timeline = await client.timeline({ query: span });
    await emit(context, timeline, () => {
      const times = timesOf(context);
      const nameOf = (place: number): string => timeline.jobs[place]?.name ?? '';
      if (timeline.stretch_seconds !== null)
        tell(context, `Too many for single lines: counted by ${timeline.stretch_seconds / 60} minutes.`);
      const counted = timeline.counts.map(({ at, job, due }) => ({ at, name: nameOf(job), words: `${due} due` }));
      const single = timeline.coming.map(({ at, job, reason_text }) => ({
        at,
        name: nameOf(job),
        words: reason_text === null ? 'due' : `skipped: ${reason_text}`,
      }));
      writeTable(
        context,
        [...single, ...counted],
        [
          { title: times.title('AT'), text: ({ at }) => times.text(at) },
          { title: 'JOB', text: ({ name }) => name },
          { title: 'WHAT', text: ({ words }) => words },
        ],
        'Nothing is due in this time.',
      );
    });
  });
}

export function addNextCommand(program: Command, context: () => Context): void {
  program
    .command('next [expression]')
    .description(
      'Coming instants of a cron expression, a crontab line or words, of a job, or of schedules on standard input. Needs no server.',
    )
    .option('--timezone <zone>', 'IANA name; this host’s zone when absent')
    .option('--from <instant>', 'RFC 3339; now when absent')
    .option('-n <count>', 'how many, 10 when absent')
    .option('--job <job>', 'the schedules of this job')
    .option('--within <time>', 'what all jobs have ahead, for example 24h')
    .option('--explain', 'also the clock changes of the year ahead, and the week that has passed')
    .option('--jsonl', 'schedule objects, one a line, on standard input')
    .action(async (expression: string | undefined, flags: NextFlags) => {
      if (flags.jsonl === true) return answerLines(context());
      if (flags.within !== undefined) return showWithin(context(), flags.within, flags);
      if (flags.job !== undefined) return showJob(context(), flags.job, flags);
      if (expression === undefined)
        throw new CommandError(
          exitStatus.usage,
          'Name a cron expression or words, --job JOB, --within TIME or --jsonl.',
          "For example: jtp next '0 9 * * 1-5'",
        );
      return show(context(), specOf(expression, flags, context().flags.tz), flags);
    });
}
