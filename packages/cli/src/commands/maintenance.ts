import type { Command } from 'commander';
import type { Client, Maintenance, MaintenanceCost, MaintenanceInput, MaintenancePatch } from 'job-trigger-contract';
import { formatInstant } from 'job-trigger-core';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { parseDuration } from '../duration-flag.ts';
import { CommandError, exitStatus, wrongFlag } from '../exit-status.ts';
import { findJob } from '../find-job.ts';
import { instantFlag } from '../instant-flag.ts';
import { printable, writeTable } from '../output/table.ts';
import { timesOf, type Times } from '../output/when.ts';

interface OnFlags {
  readonly for?: string;
  readonly until?: string;
  readonly from?: string;
  readonly tag?: readonly string[];
  readonly job?: readonly string[];
  readonly reason?: string;
  readonly resume?: string;
  readonly dryRun?: boolean;
}

const resumes = ['skip', 'one', 'all'] as const;
const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

async function scopeOf(client: Client, { tag = [], job = [] }: OnFlags): Promise<MaintenanceInput['scope']> {
  if (tag.length > 0 && job.length > 0)
    throw new CommandError(exitStatus.usage, 'Give tags or jobs, not both.', 'One window for each: run it twice.');
  if (tag.length > 0) return { kind: 'tags', tags: [...tag] };
  if (job.length === 0) return { kind: 'all' };
  const found = await Promise.all(job.map((name) => findJob(client, name)));
  return { kind: 'jobs', job_ids: found.map(({ id }) => id) };
}

/** `--for` counts from the beginning of the window. */
function spanOf(flags: OnFlags): Pick<MaintenanceInput, 'from' | 'until'> {
  if (flags.for !== undefined && flags.until !== undefined)
    throw new CommandError(exitStatus.usage, 'Give --for or --until, not both.');
  const from = flags.from === undefined ? null : instantFlag(flags.from, '--from');
  const until =
    flags.for === undefined
      ? flags.until === undefined
        ? null
        : instantFlag(flags.until, '--until')
      : (from ?? Date.now()) + parseDuration(flags.for, '--for');
  return {
    from: from === null ? null : formatInstant(from),
    until: until === null ? null : formatInstant(Math.ceil(until)),
  };
}

function resumeOf({ resume = 'skip' }: OnFlags): (typeof resumes)[number] {
  const found = resumes.find((each) => each === resume);
  if (found === undefined) throw wrongFlag('--resume', `'${resume}' is none of ${resumes.join(', ')}.`);
  return found;
}

const many = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** What the window takes, in the order in which people ask. */
function writeCost(context: Context, cost: MaintenanceCost, times: Times): void {
  const much = `${cost.at_least ? 'at least ' : ''}${many(cost.count, 'instant')} of ${many(cost.job_count, 'job')}`;
  const span = cost.until === null ? `, counted until ${times.text(cost.counted_until)}` : '';
  tell(context, `It holds back ${much}${span}. Afterwards ${many(cost.runs_after, 'run')} will be made.`);
  if (cost.running_count > 0 || cost.queued > 0)
    tell(
      context,
      `Left alone: ${cost.running_count} running. In the queue: ${cost.queued}, held unless a person asked.`,
    );
  writeTable(
    context,
    cost.jobs,
    [
      { title: 'JOB', text: (job) => job.job_name },
      { title: 'HELD BACK', text: (job) => String(job.count) },
      { title: 'RUN AFTERWARDS', text: (job) => String(job.runs_after) },
      { title: times.title('FIRST'), text: (job) => times.text(job.first) },
    ],
    'No job loses a run.',
  );
}

async function turnOn(context: Context, flags: OnFlags): Promise<void> {
  const span = spanOf(flags);
  const resume = resumeOf(flags);
  const answer = await withConnection(context, async ({ client }) =>
    client.setMaintenance({
      body: { scope: await scopeOf(client, flags), ...span, reason: flags.reason ?? null, resume },
      query: flags.dryRun === true ? { dry_run: 'true' } : {},
    }),
  );
  await emit(context, answer, () => {
    const times = timesOf(context);
    const { window, cost } = answer;
    if (window !== null) {
      const end = window.until === null ? 'until you end it' : `until ${times.text(window.until)}`;
      const begin = window.state === 'active' ? 'is on' : `begins ${times.text(window.from)}`;
      tell(context, `Maintenance ${begin}, ${end}: ${printable(window.scope_text)} (${window.id}).`);
    } else tell(context, 'Dry run: nothing was set.');
    writeCost(context, cost, times);
  });
}

interface ChangeFlags extends Pick<OnFlags, 'until' | 'from' | 'reason' | 'resume'> {
  readonly open?: boolean;
}

function changeOf(flags: ChangeFlags): MaintenancePatch {
  const { until, from, reason, resume, open } = flags;
  if (until !== undefined && open === true)
    throw new CommandError(exitStatus.usage, 'Give --until or --open, not both.');
  const body = {
    ...(from === undefined ? {} : { from: formatInstant(instantFlag(from, '--from')) }),
    ...(until === undefined ? {} : { until: formatInstant(instantFlag(until, '--until')) }),
    ...(open === true ? { until: null } : {}),
    ...(reason === undefined ? {} : { reason: reason === '' ? null : reason }),
    ...(resume === undefined ? {} : { resume: resumeOf({ resume }) }),
  };
  if (Object.keys(body).length === 0)
    throw new CommandError(exitStatus.usage, 'Nothing to change. Give --until, --open, --from, --reason or --resume.');
  return body;
}

/** The window that is named, or the only one that is on. */
async function windowOf(client: Client, id: string | undefined): Promise<string> {
  if (id !== undefined) return id;
  const active = (await client.listMaintenance()).items.filter(({ state }) => state === 'active');
  const [only] = active;
  if (only === undefined) throw new CommandError(exitStatus.notFound, 'No maintenance is on.');
  if (active.length === 1) return only.id;
  throw new CommandError(
    exitStatus.usage,
    `${active.length} maintenance windows are on.`,
    `Name one: ${active.map((window) => `jtp maintenance off ${window.id}`).join(', ')}`,
  );
}

const outcome = ({ state, ended_at, ended_by, until }: Maintenance, times: Times): string => {
  if (state === 'active' || state === 'upcoming') return until === null ? 'open' : times.text(until);
  return `${times.text(ended_at)}${ended_by === null ? '' : ` by ${ended_by}`}`;
};

/** Windows in which nothing is dispatched by itself. */
export function addMaintenanceCommands(program: Command, context: () => Context): void {
  const maintenance = program.command('maintenance').description('Times in which nothing is started by itself.');
  maintenance
    .command('on')
    .description('Hold back all jobs, or those of a tag, or some; tells what it costs.')
    .option('--for <time>', 'how long, for example 2h; until somebody ends it when absent')
    .option('--until <instant>', 'the end, instead of --for')
    .option('--from <instant>', 'the beginning; now when absent')
    .option('--tag <tag>', 'only jobs with this tag; may be given again', collect)
    .option('--job <job>', 'only this job by name or id; may be given again', collect)
    .option('--reason <text>', 'what people are told')
    .option('--resume <policy>', 'of what was held back: skip (default), one run a job, or all')
    .option('--dry-run', 'only tell what it would cost')
    .action((flags: OnFlags) => turnOn(context(), flags));
  maintenance
    .command('change [id]')
    .description('Change the maintenance that is on, or one that has not begun; what is not given stays.')
    .option('--until <instant>', 'another end')
    .option('--open', 'no end: until somebody ends it')
    .option('--from <instant>', 'another beginning, of one that has not begun')
    .option('--reason <text>', 'what people are told; empty for nothing')
    .option('--resume <policy>', 'of what was held back: skip, one run a job, or all')
    .action(async (id: string | undefined, flags: ChangeFlags) => {
      const body = changeOf(flags);
      const changed = await withConnection(context(), async ({ client }) =>
        client.changeMaintenance({ params: { id: await windowOf(client, id) }, body }),
      );
      await emit(context(), changed, () => {
        const end = changed.until === null ? 'until you end it' : `until ${timesOf(context()).text(changed.until)}`;
        tell(context(), `Changed: ${printable(changed.scope_text)}, ${end}.`);
      });
    });
  maintenance
    .command('off [id]')
    .description('End the maintenance that is on, or call off one that has not begun.')
    .action(async (id: string | undefined) => {
      const ended = await withConnection(context(), async ({ client }) =>
        client.endMaintenance({ params: { id: await windowOf(client, id) } }),
      );
      await emit(context(), ended, () => {
        const what = ended.state === 'called_off' ? 'Called off' : 'Ended';
        tell(
          context(),
          `${what}: ${printable(ended.scope_text)}. Of what was held back: ${resumeWords[ended.resume]}.`,
        );
      });
    });
  maintenance
    .command('status')
    .description('What is on, what is to come, and what was.')
    .action(async () => {
      const answer = await withConnection(context(), ({ client }) => client.listMaintenance());
      await emit(context(), answer, () => {
        const times = timesOf(context());
        for (const { state, running } of answer.items)
          if (state === 'active' && running !== null && running > 0) tell(context(), `Drains: ${running} running.`);
        writeTable(
          context(),
          answer.items,
          [
            { title: 'STATE', isState: true, text: (window) => window.state },
            { title: 'SCOPE', text: (window) => window.scope_text },
            { title: times.title('FROM'), text: (window) => times.text(window.from) },
            { title: times.title('UNTIL'), text: (window) => outcome(window, times) },
            { title: 'AFTERWARDS', text: (window) => window.resume },
            { title: 'REASON', text: (window) => window.reason ?? '' },
            { title: 'BY', text: (window) => window.set_by ?? '' },
            { title: 'ID', cut: 'never', text: (window) => window.id },
          ],
          'No maintenance is on or planned. Hold everything back with: jtp maintenance on --for 2h',
        );
      });
    });
}

const resumeWords = { skip: 'nothing runs', one: 'one run for each job', all: 'all in order' } as const;
